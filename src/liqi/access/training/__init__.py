"""Training: courses and their sessions, quizzes, practical checks; qualifications and safety documents."""
