"""Visits in; figures and pages out."""
