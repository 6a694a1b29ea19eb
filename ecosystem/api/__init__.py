"""Open data by an open standard: OGC API - Features over a release, and what describes it.

Part 1 (Core, GeoJSON, OpenAPI 3.0) and the CQL2 text filter of Part 3, in CRS84. What a request
may say is read in :mod:`ecosystem.api.request`, what there is stands in
:mod:`ecosystem.api.collections`; :mod:`ecosystem.web.api` answers.
"""
