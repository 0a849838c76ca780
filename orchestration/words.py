"""The words in which a submission, a dataset, a severity or an indicator's kind is spoken of to counties and the bureau: each once.

SQL writes those that the warehouse holds out again; ``tests/test_words.py`` holds it to the words here.
"""

from __future__ import annotations

# What became of a submission as a whole; pending: registered, and not judged yet.
SUBMISSION_STATUS = {
    "accepted": "接收",
    "accepted_with_warnings": "接收但有提示",
    "partly_accepted": "部分接收",
    "returned": "退回",
    "pending": "待审核",
}
# What the warehouse says besides: a file refused whole, and one accepted that a later one has replaced.
FILE_STATUS = {**SUBMISSION_STATUS, "unreadable": "无法读取", "superseded": "已有新版"}
# What became of one dataset of a submission (``lake.DECISIONS``; accepted with warnings is said as such).
DATASET_STATE = {
    "accepted": "接收",
    "accepted_with_warnings": "接收但有提示",
    "returned": "退回",
    "nil": "零报送",
    "missing": "缺表",
    "closed": "期已关闭",
    "exempt": "免报",
    "pending": "待审核",
}
# Where a unit stands with a dataset it owes (``marts.rpt_submission_status``).
REPORTING_STATUS = {
    "not_due": "未到期",
    "overdue": "逾期未报",
    "pending": "待审核",
    "returned": "已报未通过",
    "partly_accepted": "部分接收",
    "accepted": "接收",
    "nil_return": "零报送",
    "exempt": "免报",
}
SEVERITY = {"error": "错误", "warning": "提示", "notice": "告知"}
# How an indicator rolls up from months to a quarter, half-year or year.
INDICATOR_KIND = {
    "stock": "时点",
    "ytd": "当年累计",
    "flow": "本期发生",
    "ratio": "比率",
    "target": "年度目标",
}
# A failure that a ruling of the bureau does not hold against its sender.
WAIVED = "已豁免"
