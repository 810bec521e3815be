"""The pending page: what a developer gets instead of a traceback about a missing column.

::

    Gate (extension)  ->  edge      is it debug, is it here, what is asked for?
                            askers      a request -> who asks, from where, with what
                            looking     the app -> the databases that are behind
                            running     the button -> their migrations, applied and told
                            documents   values -> what programs get; the page is made of the same
                            page        a document -> HTML

Whoever asks for HTML or JSON gets the page or the document while a migration is pending; whoever
asks for neither, such as a health check or a browser that wants a picture, gets the app. So does
everyone where it cannot be told whether something is pending: a database that is down is for the
app to report, whose other pages may not need it; the log says why nothing could be told.
"""

from flask_migrate_ext.pending.edge import PendingPage

__all__ = ["PendingPage"]
