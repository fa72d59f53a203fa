// The egocentric grid in plain C, as one would write it: a yardstick for the benchmark and nothing else.
//
// The rules, the tiles and the view are those of `EgocentricGrid`, with one building that every lane has a copy of.
#ifndef METARL_PLAIN_C_H
#define METARL_PLAIN_C_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MetarlPlainGrid MetarlPlainGrid;

// `tiles` is [height, width] from the lowest row; a goal in them is the mission. The view has `viewSize`² cells.
MetarlPlainGrid *metarl_plain_create(size_t lanes, int width, int height, const uint8_t *tiles, int startX,
                                     int startY, int direction, int viewSize, bool seesThroughWalls, int horizon,
                                     float rewardSpan);
void metarl_plain_destroy(MetarlPlainGrid *grid);

// Takes one action in every lane and begins an episode anew where one has ended. `observations` is
// [lanes, viewSize² + 1], `rewards` [lanes].
void metarl_plain_step(MetarlPlainGrid *grid, const float *actions, float *observations, float *rewards);

#endif
