# Migrations. %(here)s is the folder of this file; write a percent sign as %%.
[alembic]

# Where env.py, script.py.mako and versions/ are.
script_location = ${script_location}

# What parts the folders of prepend_sys_path and version_locations: os (: or ; as the system has
# it), space, newline, : or ;
path_separator = os

# Folders that models are imported from.
prepend_sys_path = .

# Where migrations are, if not in versions/ alone.
# version_locations = %(here)s/versions:%(here)s/more

# Whether folders below those hold migrations as well.
# recursive_version_locations = false

# What a new file is called. There are rev, slug, epoch, year, month, day, hour, minute, second; a
# percent sign is doubled.
# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s

# The longest slug in it, in characters.
# truncate_slug_length = 40

# The time zone of "Create Date", such as UTC; otherwise the local one.
# timezone =

# The encoding of new files.
# output_encoding = utf-8

# Whether "revision" and "merge" run env.py even where they need no database.
# revision_environment = false

# Whether compiled files (.pyc) without a source are migrations.
# sourceless = false

# The database; env.py reads it.
sqlalchemy.url = driver://user:pass@localhost/dbname

# What is run on each new file.
[post_write_hooks]
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = format REVISION_SCRIPT_FILENAME

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
