"""Standardized photo sets: the catalogue of views, image ingest, stores, renditions, comparison sheets.

A library of its own: it knows neither the web application nor its database.
"""
