"""What the bureau sends on: the published figures of a unit and period as one workbook, as CSV files or as Parquet files.

``write_export`` writes it. Reads only what is published.
"""

from orchestration.report.export.reading import NotPublished
from orchestration.report.export.write import FORMATS, write_export

__all__ = ["FORMATS", "NotPublished", "write_export"]
