"""Why a file cannot be read: one code, one Chinese explanation and one remedy for each case.

Belongs here: what the sender is told about a file that is no readable workbook. Does not belong here:
finding out (sniff and the readers do), and problems of a workbook that was read (cover, structure, rules).
"""

from __future__ import annotations

_RESEND = "请在电脑上打开确认无误后另存为“Excel 工作簿(*.xlsx)”,重新报送。"
_NO_PASSWORD = "请打开文件,在“文件—信息—保护工作簿—用密码进行加密”中清空密码,保存后重新报送。"
_TEMPLATE = "请在县级报送模板(.xlsx)中填写后报送。"

# code: (what the file is and why it cannot be read, what to do)
REASONS: dict[str, tuple[str, str]] = {
    "U-EMPTY": ("文件是空的,一个字节也没有,可能是传输中断。", "请重新复制或上传原文件。"),
    "U-PASSWORD": ("文件设置了打开密码,无法读取。", _NO_PASSWORD),
    "U-CORRUPT": (
        "文件已损坏或不完整,无法可靠读取。",
        "请确认文件能正常打开;能打开的请另存为 .xlsx 后重新报送,打不开的请重新填报。",
    ),
    "U-UNRELIABLE": (
        "文件内部自相矛盾(同一单元格出现两次,或引用了不存在的内容),不同软件会读出不同结果,不能作为统计依据。",
        _RESEND,
    ),
    "U-BOMB": ("文件解压后异常庞大(远超正常报表),疑似恶意文件或程序错误,已拒绝读取。", _TEMPLATE),
    "U-DOCTYPE": ("文件内含不允许的 XML 实体定义(疑似恶意文件),已拒绝读取。", _TEMPLATE),
    "U-TOO-BIG": (
        "文件过大,超出一个县一期报表的合理范围。",
        "请删除模板以外的工作表和多余的空白行列后重新报送。",
    ),
    "U-NO-SHEETS": ("工作簿里没有可读的工作表。", _TEMPLATE),
    "U-HTML": ("文件其实是网页(HTML),只是改了扩展名,不是 Excel 工作簿。", _RESEND),
    "U-XML": ("文件其实是 XML 文本(如“XML 表格 2003”),不是 Excel 工作簿。", _RESEND),
    "U-PDF": ("文件是 PDF,不是电子表格,无法取数。", "请报送填好的 Excel 工作簿原件,PDF 或扫描件只作存档。"),
    "U-WORD": ("文件是文字处理文档(Word、RTF 等),不是电子表格。", _TEMPLATE),
    "U-SLIDES": ("文件是演示文稿(PPT),不是电子表格。", _TEMPLATE),
    "U-IMAGE": ("文件是图片,不是电子表格,无法取数。", "请报送填好的 Excel 工作簿原件。"),
    "U-ARCHIVE": ("文件是压缩包(RAR、7z、gz 等),系统不解压这类文件。", "请解压后直接报送里面的工作簿。"),
    "U-ZIP": (
        "压缩包里既没有 CSV 表,也不是 Excel 工作簿。",
        "请解压后直接报送里面的工作簿;CSV 报送请把各表 CSV 打成一个 zip。",
    ),
    "U-DBF": ("文件是 dBASE/FoxPro 数据库表(DBF),不是报送工作簿。", _TEMPLATE),
    "U-OLD-EXCEL": ("文件是 Excel 4.0 或更早的格式,没有工作簿结构。", _RESEND),
    "U-OLE": ("文件是复合文档,但里面没有 Excel 工作簿。", _RESEND),
    "U-TEXT": ("文件是普通文本,没有分列,不是电子表格。", _TEMPLATE),
    "U-ENCODING": (
        "文本文件的编码无法识别(既不是 UTF-8,也不是 GBK)。",
        "请用 Excel 打开后另存为“CSV UTF-8”,或直接报送 .xlsx。",
    ),
    "U-UNKNOWN": ("无法识别的文件类型,不是电子表格。", _TEMPLATE),
    "U-MEMORY": (
        "读取这个文件所需的内存超出限制,已中止。",
        "请删除多余的空白行列(Ctrl+End 看末尾单元格)后重新报送。",
    ),
    "U-TIMEOUT": ("读取这个文件超时,已中止。", "请删除多余的空白行列(Ctrl+End 看末尾单元格)后重新报送。"),
    "U-CRASH": ("读取这个文件时程序异常退出,文件很可能已损坏。", _RESEND),
    "U-ERROR": ("读取这个文件时程序出错。", "请联系省局系统管理员,并保留原文件。"),
}


class UnreadableFile(Exception):
    """A file that is no workbook, or one that cannot be read reliably.

    ``code`` is a key of ``REASONS``; ``text_zh`` and ``remedy_zh`` are for the sender. ``detail`` is a
    technical hint for the administrator and holds nothing out of the cells.
    """

    def __init__(
        self, code: str, text_zh: str | None = None, remedy_zh: str | None = None, *, detail: str = ""
    ):
        reason_zh, usual_remedy_zh = REASONS[code]
        self.code = code
        self.text_zh = text_zh or reason_zh
        self.remedy_zh = remedy_zh or usual_remedy_zh
        self.detail = detail
        super().__init__(f"{code}: {self.text_zh}{self.remedy_zh}")

    def __reduce__(self):
        return _rebuild, (self.code, self.text_zh, self.remedy_zh, self.detail)


def _rebuild(code: str, text_zh: str, remedy_zh: str, detail: str) -> UnreadableFile:
    return UnreadableFile(code, text_zh, remedy_zh, detail=detail)
