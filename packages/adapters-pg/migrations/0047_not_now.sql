-- Keys that have cooled since a job of theirs completed: while there are none, nothing is asked of those that complete.
create table limit_cooled (
  limit_no int primary key
);
