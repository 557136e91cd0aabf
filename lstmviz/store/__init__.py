"""What is kept on disk between programs: files of arrays that are whole or not there, and finished trainings."""
