"""`shangquan` as spark-submit starts it: what follows this file's name are the command's own words.

    spark-submit --master ... --py-files dist/shangquan-0.1.0.zip examples/spark/shangquan_job.py \\
        run --engine spark --config DISTRICT --raw RAW --data DATA --days 2026-11-01..2026-11-14
"""

from pipelines.cli import main

main()
