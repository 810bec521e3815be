# The database, and logging. All else about migrations is in pyproject.toml.
[alembic]

# env.py reads it. Write a percent sign as %%.
sqlalchemy.url = driver://user:pass@localhost/dbname

# How commands log; env.py hands this file to logging.config.fileConfig().
[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
