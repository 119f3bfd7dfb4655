"""A pretend web of Arabic news outlets on loopback: invented outlets, people and events."""
