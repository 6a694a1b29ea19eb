"""The secretariat's page: refresh the data, look at releases, decide about suggestions.

The only part of the site that writes; it does so through ``etl``, as the command line does.
"""
