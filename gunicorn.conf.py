"""How the web processes run, here and in production. The environment may change the numbers."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

# The load waits for the database and for streams, not for the processor: few processes, many
# threads. A stream keeps its thread, so the server caps streams below the number of threads.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "32"))

# Each process opens its own database connections: none may be shared over a fork.
preload_app = False

timeout = 60
graceful_timeout = 10
keepalive = 75

# Request lines carry what people search for. The application logs its own, without content.
accesslog = None
errorlog = "-"

# Not a host to be administered over a socket in somebody's home folder.
control_socket_disable = True
