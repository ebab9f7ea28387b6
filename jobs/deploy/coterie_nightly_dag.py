"""Coterie every night on Airflow 2 or 3: one task, because coterie nightly is resumable itself.

`catchup` fills missed days in, one at a time and in order; a retry does what is left of the night.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="coterie_nightly",
    schedule="30 1 * * *",
    start_date=datetime(2026, 1, 5),
    catchup=True,
    max_active_runs=1,
    default_args={
        "owner": "coterie",
        "depends_on_past": True,
        "retries": 2,
        "retry_delay": timedelta(minutes=10),
    },
) as dag:
    SparkSubmitOperator(
        task_id="nightly",
        conn_id="spark_default",
        application="/opt/coterie/coterie-jobs.jar",
        java_class="coterie.jobs.Main",
        packages="org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.10.1",
        application_args=[
            "nightly",
            "--config",
            "/etc/coterie/nightly.yaml",
            # The day that the run is about begins its interval.
            "--day",
            "{{ data_interval_start | ds }}",
        ],
        # COTERIE_CATALOG_PASSWORD comes from the connection's environment, never from arguments.
    )
