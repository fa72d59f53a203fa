#include "PlainC.h"
#include <stdlib.h>
#include <string.h>

enum { unseen, empty, wall, goal, lava, firstThing };
enum { openDoor, closedDoor, lockedDoor, key };

typedef struct {
  int x, y, direction, time, carried; // carried: a tile, or 0
} Agent;

struct MetarlPlainGrid {
  size_t lanes;
  int width, height, viewSize, horizon;
  bool seesThroughWalls;
  float rewardSpan;
  Agent start;
  Agent *agents;
  uint8_t *building; // [height, width]
  uint8_t *tiles;    // [lanes, height, width]
};

static const int aheadX[4] = {1, 0, -1, 0}, aheadY[4] = {0, -1, 0, 1};

static bool isThing(int tile) { return tile >= firstThing; }
static int kindOf(int tile) { return (tile - firstThing) % 6; }
static int colourOf(int tile) { return (tile - firstThing) / 6; }
static bool seesBehind(int tile) {
  return tile != wall && !(isThing(tile) && (kindOf(tile) == closedDoor || kindOf(tile) == lockedDoor));
}

MetarlPlainGrid *metarl_plain_create(size_t lanes, int width, int height, const uint8_t *tiles, int startX,
                                     int startY, int direction, int viewSize, bool seesThroughWalls, int horizon,
                                     float rewardSpan) {
  MetarlPlainGrid *grid = malloc(sizeof *grid);
  size_t size = (size_t)width * height;
  *grid = (MetarlPlainGrid){lanes,      width, height, viewSize, horizon, seesThroughWalls,
                            rewardSpan, {startX, startY, direction, 0, 0},
                            malloc(lanes * sizeof(Agent)), malloc(size), malloc(lanes * size)};
  memcpy(grid->building, tiles, size);
  for (size_t lane = 0; lane < lanes; lane++) {
    grid->agents[lane] = grid->start;
    memcpy(grid->tiles + lane * size, tiles, size);
  }
  return grid;
}

void metarl_plain_destroy(MetarlPlainGrid *grid) {
  free(grid->agents);
  free(grid->building);
  free(grid->tiles);
  free(grid);
}

// Returns whether the episode ends.
static bool act(const MetarlPlainGrid *grid, Agent *agent, uint8_t *tiles, int action, float *reward) {
  int x = agent->x + aheadX[agent->direction], y = agent->y + aheadY[agent->direction];
  uint8_t *ahead = &tiles[y * grid->width + x];
  agent->time++;
  *reward = 0;
  switch (action) {
  case 0: agent->direction = (agent->direction + 3) % 4; break;
  case 1: agent->direction = (agent->direction + 1) % 4; break;
  case 2:
    if (*ahead == wall || (isThing(*ahead) && kindOf(*ahead) != openDoor)) break;
    agent->x = x;
    agent->y = y;
    if (*ahead == lava) return true;
    if (*ahead == goal) {
      *reward = 1 - 0.9f * agent->time / grid->rewardSpan;
      return true;
    }
    break;
  case 3:
    if (isThing(*ahead) && kindOf(*ahead) >= key && !agent->carried) {
      agent->carried = *ahead;
      *ahead = empty;
    }
    break;
  case 4:
    if (*ahead == empty && agent->carried) {
      *ahead = (uint8_t)agent->carried;
      agent->carried = 0;
    }
    break;
  case 5:
    if (!isThing(*ahead)) break;
    if (kindOf(*ahead) == openDoor) *ahead += closedDoor - openDoor;
    else if (kindOf(*ahead) == closedDoor) *ahead -= closedDoor - openDoor;
    else if (kindOf(*ahead) == lockedDoor && agent->carried && kindOf(agent->carried) == key &&
             colourOf(agent->carried) == colourOf(*ahead))
      *ahead -= lockedDoor - openDoor;
    break;
  }
  return agent->time >= grid->horizon;
}

// MiniGrid's process_vis.
static void light(const uint8_t *view, int size, bool *lit) {
  memset(lit, 0, (size_t)size * size);
  lit[(size - 1) * size + size / 2] = true;
  for (int row = size - 1; row >= 0; row--) {
    for (int column = 0; column < size - 1; column++) {
      if (!lit[row * size + column] || !seesBehind(view[row * size + column])) continue;
      lit[row * size + column + 1] = true;
      if (row > 0) lit[(row - 1) * size + column + 1] = lit[(row - 1) * size + column] = true;
    }
    for (int column = size - 1; column > 0; column--) {
      if (!lit[row * size + column] || !seesBehind(view[row * size + column])) continue;
      lit[row * size + column - 1] = true;
      if (row > 0) lit[(row - 1) * size + column - 1] = lit[(row - 1) * size + column] = true;
    }
  }
}

static void look(const MetarlPlainGrid *grid, const Agent *agent, const uint8_t *tiles, float *observation) {
  int size = grid->viewSize, right = (agent->direction + 1) % 4;
  uint8_t view[7 * 7];
  bool lit[7 * 7];
  for (int row = 0; row < size; row++)
    for (int column = 0; column < size; column++) {
      int forward = size - 1 - row, aside = column - size / 2;
      int x = agent->x + forward * aheadX[agent->direction] + aside * aheadX[right];
      int y = agent->y + forward * aheadY[agent->direction] + aside * aheadY[right];
      bool isInside = x >= 0 && x < grid->width && y >= 0 && y < grid->height;
      view[row * size + column] = isInside ? tiles[y * grid->width + x] : wall;
    }
  if (grid->seesThroughWalls) memset(lit, 1, sizeof lit);
  else light(view, size, lit);
  view[(size - 1) * size + size / 2] = agent->carried ? (uint8_t)agent->carried : empty;
  for (int cell = 0; cell < size * size; cell++) observation[cell] = lit[cell] ? view[cell] : unseen;
  observation[size * size] = (float)agent->direction;
}

void metarl_plain_step(MetarlPlainGrid *grid, const float *actions, float *observations, float *rewards) {
  size_t size = (size_t)grid->width * grid->height, width = (size_t)grid->viewSize * grid->viewSize + 1;
  for (size_t lane = 0; lane < grid->lanes; lane++) {
    Agent *agent = &grid->agents[lane];
    uint8_t *tiles = grid->tiles + lane * size;
    if (act(grid, agent, tiles, (int)actions[lane], &rewards[lane])) {
      *agent = grid->start;
      memcpy(tiles, grid->building, size);
    }
    look(grid, agent, tiles, observations + lane * width);
  }
}
