"""The sync engine: exactly-once push, versioned pull. It knows no clinic noun by name.

The domain registers with it: synced tables (`synced`), mutations (`mutations`), audiences
(`audience`), and who the working set must keep (`working_set`).
"""
