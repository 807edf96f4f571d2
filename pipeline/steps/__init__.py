"""The arrows of the data's path as plain functions: no Prefect here, every step can run twice."""
