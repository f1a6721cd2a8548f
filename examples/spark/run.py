"""What spark-submit starts: `spark-submit --py-files dist/shangquan-VERSION.zip examples/spark/run.py run ...`

The same command line as `shangquan`, out of the zip (docs/engines.md).
"""

from pipelines.cli import main

main()
