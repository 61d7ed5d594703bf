"""Who is told what and when (reminders), and by which way (channels)."""
