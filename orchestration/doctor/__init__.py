"""``zhenxing doctor``: whether an installation is sound, and what to do where it is not. It changes nothing.

``examine`` lists the checks; ``machine``, ``places``, ``data``, ``nights`` and ``outside`` hold them.
"""
