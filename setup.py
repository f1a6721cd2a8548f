"""The distribution: seven literal top-level packages (docs/decisions/0001), one command, engines as extras."""

from setuptools import setup

PACKAGES = [
    "schemas",
    "privacy",
    "ingest",
    "ingest.formats",
    "sessionize",
    "marketing",
    "reports",
    "pipelines",
    "pipelines.commands",
    "pipelines.engines",
    "pipelines.live",
    "pipelines.monitor",
    "pipelines.simulate",
    "pipelines.sources",
    "pipelines.steps",
    "pipelines.warehouse",
]

BEAM = "apache-beam>=2.70"  # 2.77 wants pyarrow < 26: it is tested in an environment of its own

setup(
    name="shangquan",
    version="0.1.0",
    description="WiFi logs of a shopping district in; visits, reports and consented audiences out",
    python_requires=">=3.11,<3.13",
    packages=PACKAGES,
    package_data={
        "pipelines.warehouse": ["sql/*.sql", "migrations/*.sql"],
        "reports": ["pages/*"],
        "pipelines": ["templates/*.html", "templates/district/*", "templates/district/campaigns/*", "suites/*.json"],
    },
    entry_points={"console_scripts": ["shangquan=pipelines.cli:main"]},
    install_requires=[
        "altair>=6.3",
        "chdb-core>=26.9",
        "cryptography>=45",
        "great_expectations>=1.24",
        "jinja2>=3.1",
        "numba>=0.62",
        "numpy>=2.2",
        "pyarrow>=20",
        "pydantic>=2.10",
        "rich>=13",
        "sqlglot>=27",
        "typer>=0.15",
        "pandas<3",  # of great_expectations; PySpark 4.3 warns on 3
        "tzdata",
        "vl-convert-python>=1.8",
        "xlsxwriter>=3.2",
        "zstandard>=0.23",
    ],
    extras_require={
        "test": [
            "clickhouse-driver[lz4,numpy]>=0.2.11",
            "duckdb",
            "hypothesis",
            "openpyxl",
            "orjson",
            "playwright",
            "polars",
            "psutil",
            "pyspark>=4.1,<5",
            "pytest",
            "pytest-xdist",
            "scapy>=2.6",
        ],
        "check": ["import-linter", "mypy", "ruff"],
        "bench": [
            "clickhouse-connect>=0.8",
            "clickhouse-driver[lz4,numpy]>=0.2.11",
            "duckdb",
            "orjson",
            "polars",
            "psutil",
            "pyspark>=4.1,<5",
        ],
        "capture": ["scapy>=2.6"],
        "server": ["clickhouse-driver[lz4,numpy]>=0.2.11"],
        "spark": ["pyspark>=4.1,<5"],
        "beam": [BEAM],
        "test-beam": [BEAM, "hypothesis", "psutil", "pytest"],
    },
)
