"""Steps: plain functions, without Prefect."""
