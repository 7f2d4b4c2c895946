"""Training: courses and their sessions, quizzes, practical checks; qualifications and safety documents.

Each module is a noun with its verbs: ``course``, ``sessions``, ``quiz``, ``practical``, ``progress``,
``qualification``, ``documents``, ``incoming``, ``reminders``.
"""
