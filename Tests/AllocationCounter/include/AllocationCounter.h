// Counts the heap allocations of the process, by standing before the C library's own.
#ifndef METARL_ALLOCATION_COUNTER_H
#define METARL_ALLOCATION_COUNTER_H

// How many times memory was asked for since the process began.
long metarl_allocation_count(void);

#endif
