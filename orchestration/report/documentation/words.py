"""Great Expectations' own words in Chinese, as they stand in the documents that its renderers make.

A word that a later version words otherwise stays as it is. Belongs here: those words. Does not belong here: ours.
"""

from __future__ import annotations

from typing import Any

_WORDS = {
    "Overview": "概览",
    "Info": "规则集",
    "Statistics": "统计",
    "Notes": "说明",
    "Notes:": "口径:",
    "Table-Level Expectations": "规则",
    "Expectation Suite Name": "规则集",
    "Expectation Suite:": "规则集:",
    "Great Expectations Version": "Great Expectations 版本",
    "Status:": "结果:",
    "Succeeded": "全部通过",
    "Failed": "有不符",
    "Evaluated Expectations": "规则",
    "Successful Expectations": "通过",
    "Unsuccessful Expectations": "未通过",
    "Success Percent": "通过率",
    "Status": "结果",
    "Expectation": "规则",
    "Observed Value": "不符行数",
    "--": "未能运行",
}
# The line under a suite's heading, without the data asset, which is the suite itself.
_LINE = "${suite_title} ${expectation_suite_name}\n ${data_asset} ${data_asset_name}\n ${status_title} ${html_success_icon} ${success}"
_OUR_LINE = "${suite_title} ${expectation_suite_name} ${status_title} ${html_success_icon} ${success}"


def in_chinese(content: Any) -> Any:
    """The same content (what JSON holds), its fixed words in Chinese."""
    if isinstance(content, dict):
        return {key: in_chinese(value) for key, value in content.items()}
    if isinstance(content, list):
        return [in_chinese(value) for value in content]
    if isinstance(content, str):
        return _WORDS.get(content, _OUR_LINE if content == _LINE else content)
    return content
