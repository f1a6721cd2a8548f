"""The ClickHouse warehouse: load, gate, switch."""
