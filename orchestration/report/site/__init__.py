"""The static site: one page for the province and each city and county, of what is published, without server or network.

Belongs here: the pages and their folder. Does not belong here: any figure (the warehouse's) and the bulletin (``bulletin``).
"""
