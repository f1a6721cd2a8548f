"""The nightly run as an Airflow DAG: it calls the command and does nothing else; the command knows what is done.

A run that failed is safe to repeat: what it finished is not run again. Exit 12 (the quality gate) fails the task, and
the log names the page to read.
"""

import datetime
import os  # noqa: TID251 (where Airflow runs says where the district lies)

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

DISTRICT = os.environ.get("SHANGQUAN_DISTRICT", "/srv/shangquan/district")
COMMAND = os.environ.get("SHANGQUAN_COMMAND", "shangquan")

with DAG(
    dag_id="shangquan_nightly",
    schedule="30 11 * * *",  # a day's tail ends 6 h after its last hour; in Airflow's time zone
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    catchup=False,  # the command goes back by itself
    max_active_runs=1,  # one process owns an embedded warehouse
    default_args={"retries": 2, "retry_delay": datetime.timedelta(minutes=10)},
) as dag:
    since = "{{ macros.ds_add(ds, -4) }}"
    BashOperator(task_id="run", bash_command=f"{COMMAND} run --config {DISTRICT} --since {since}")
