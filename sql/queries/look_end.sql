-- look_end: an answer that comes after all the others of a look-up
SELECT 1
