"""The figures of the day report, in the order of page, CSV and Excel. Each one's SQL lives with its subject."""

from reports.clock_figures import CLOCKS
from reports.coverage_figures import COVERAGE, RANGE, ZONE_COVERAGE
from reports.passage_figures import CAPTURE, CAPTURE_HOURS
from reports.place_figures import SHARED, SITE_MOVES, SITES, ZONE_MOVES, ZONES
from reports.quality_figures import AP_HOURS, DISTURBED, NETWORK, RECORDS
from reports.visit_figures import ADDRESSES, BAND_FIGURE, BIN_FIGURE, HEADLINE, HOURS, KINDS

FIGURES = (
    HEADLINE,
    HOURS,
    AP_HOURS,
    BAND_FIGURE,
    BIN_FIGURE,
    SITES,
    ZONES,
    SITE_MOVES,
    ZONE_MOVES,
    SHARED,
    CAPTURE,
    CAPTURE_HOURS,
    KINDS,
    ADDRESSES,
    DISTURBED,
    RECORDS,
    NETWORK,
    COVERAGE,
    ZONE_COVERAGE,
    RANGE,
    CLOCKS,
)
BY_NAME = {figure.name: figure for figure in FIGURES}
