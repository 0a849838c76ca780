"""Model: dbt turns landed tables into facts, figures and reports, in the build copy of the warehouse."""
