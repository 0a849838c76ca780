"""Early warnings as lists: a workbook for each county, to be taken to the villages, and counts for the province."""

from orchestration.report.warnings.found import Counts, NoWarnings, Warned, counts, read_warnings
from orchestration.report.warnings.write import write_warnings

__all__ = ["Counts", "NoWarnings", "Warned", "counts", "read_warnings", "write_warnings"]
