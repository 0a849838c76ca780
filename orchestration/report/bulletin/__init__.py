"""The bulletin of a unit and period: its figures, its words and its files.

Belongs here: what others may use of it. Does not belong here: any of the work.
"""

from orchestration.report.bulletin.figures import Figure, NoFigures, figures
from orchestration.report.bulletin.write import write_bulletin, write_bulletins, write_editions

__all__ = ["Figure", "NoFigures", "figures", "write_bulletin", "write_bulletins", "write_editions"]
