"""The words in which a submission, a dataset or a severity is spoken of to counties and the bureau: each once."""

from __future__ import annotations

# What became of a submission as a whole; pending: registered, and not judged yet.
SUBMISSION_STATUS = {
    "accepted": "接收",
    "accepted_with_warnings": "接收但有提示",
    "partly_accepted": "部分接收",
    "returned": "退回",
    "pending": "待审核",
}
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
SEVERITY = {"error": "错误", "warning": "提示", "notice": "告知"}
