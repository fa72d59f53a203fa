#!/usr/bin/env python3
"""Steps environments side by side with those that they are ports of, and prints the first difference, or "equal".

    .ci/peers-environments.py [ENVIRONMENT ...]

installs MiniGrid, gymnax and toymeta, in the versions named below, into an environment of its own in a new directory,
lets the tests write 10,000 steps of random moves and two episodes of the oracle in each of 20 tasks, builds the same
tasks in the other library and takes the same actions there: observations, rewards and endings must be the same. It
builds the tests where they are not built. Nothing in CI runs it.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["minigrid==3.2.0", "gymnax==1.0.1", "toymeta==0.0.1", "gymnasium==1.3.0", "jax==0.10.2", "flax==0.12.8", "six==1.17.0"]
# Where a library draws at random what cannot be drawn alike, that is turned off on both sides.
CONSTANTS = {"four-rooms": {"slip = 0.4444444": "slip = 0.0"}}


class Rooms:
    """A MiniGrid environment of this name in our layout."""

    def __init__(self, name):
        import gymnasium
        import minigrid  # noqa: F401 registers the names

        self.env = gymnasium.make(name).unwrapped

    def begin(self, task, first):
        from minigrid.core import grid, world_object
        from minigrid.core.constants import IDX_TO_COLOR

        env, layout, mission = self.env, task["layout"], task["mission"]
        height, width = len(layout), len(layout[0])
        kinds = {"key": world_object.Key, "ball": world_object.Ball, "box": world_object.Box}
        tiles = {"#": world_object.Wall, "G": world_object.Goal, "L": world_object.Lava}
        env.reset(seed=0)
        assert (env.width, env.height) == (width, height), (env.width, env.height, width, height)
        env.grid = grid.Grid(width, height)
        for y, row in enumerate(layout):
            for x, tile in enumerate(row):
                if tile != ".":
                    env.put_obj(tiles[tile](), x, y)

        def cell(place):
            return place["x"], height - 1 - place["y"]

        things = []
        for thing in task["things"]:
            kind, colour = thing["kind"], IDX_TO_COLOR[thing["colour"]]
            if kind in kinds:
                things.append(kinds[kind](colour))
            else:
                things.append(world_object.Door(colour, is_open=kind == "openDoor", is_locked=kind == "lockedDoor"))
            env.put_obj(things[-1], *cell(thing["cell"]))
        env.agent_pos, env.agent_dir = cell(task["start"]), task["direction"]
        env.carrying, env.step_count = None, 0
        if mission["kind"] == "choose":
            env.success_pos, env.failure_pos = cell(mission["cell"]), cell(mission["trap"])
        elif mission["kind"] == "visit":
            env.target_pos = cell(task["things"][mission["thing"]]["cell"])
        elif mission["kind"] == "fetch":
            wanted = things[mission["thing"]]
            env.obj, env.targetType, env.targetColor = wanted, wanted.type, wanted.color
        return self.seen(env.gen_obs())

    def step(self, action, ours):
        observation, reward, terminated, truncated, _ = self.env.step(action)
        return self.seen(observation), reward, 1 if terminated else 2 if truncated else 0

    @staticmethod
    def seen(observation):
        from minigrid.core.constants import IDX_TO_OBJECT

        def number(kind, colour, state):
            kind = IDX_TO_OBJECT[kind]
            plain = {"unseen": 0, "empty": 1, "wall": 2, "goal": 3, "lava": 4}
            things = {"door": int(state), "key": 3, "ball": 4, "box": 5}
            return plain[kind] if kind in plain else 5 + 6 * int(colour) + things[kind]

        image = observation["image"]
        rows, columns = range(image.shape[1]), range(image.shape[0])
        return [number(*image[x, y]) for y in rows for x in columns] + [int(observation["direction"])]


class Gymnax:
    """An environment of gymnax, with its random draws replaced by ours."""

    def __init__(self, name, **parameters):
        import gymnax
        import jax

        self.env, usual = gymnax.make(name)
        self.parameters = usual.replace(**parameters)
        self.key, self.step_env = jax.random.key(0), jax.jit(self.env.step_env)

    def advance(self, action):
        # `step_env`, because `step` begins a new episode of a new task by itself.
        observation, self.now, reward, done, _ = self.step_env(self.key, self.now, action, self.parameters)
        self.time = int(self.now.time)
        return observation, float(reward), bool(done)


class Maze(Gymnax):
    def begin(self, task, first):
        import jax.numpy as jnp

        _, self.now = self.env.reset_env(self.key, self.parameters)
        goal = task["goal"]
        self.size = self.env.maze_size
        # Its places include one row and one column of walls around the maze.
        self.now = self.now.replace(goal=jnp.array([self.size - goal["y"], goal["x"] + 1]))
        return self.seen(self.env.get_obs(self.now, self.parameters))

    def step(self, action, ours):
        import jax.numpy as jnp

        observation, reward, done = self.advance(action)
        is_moved = reward > 0
        if is_moved and not ours["ending"]:
            # From the goal to a random cell: ours. That it ends where that is the goal is told under "Differs".
            x, y = (int(number) for number in ours["position"])
            self.now = self.now.replace(pos=jnp.array([self.size - y, x + 1]))
            observation, done = self.env.get_obs(self.now, self.parameters), False
        is_late = self.time >= self.parameters.max_steps_in_episode
        return self.seen(observation), reward, 2 if is_late else 1 if done else 0

    @staticmethod
    def seen(observation):
        walls = [int(number) for number in observation.tolist()[:9]]
        return walls[6:] + walls[3:6] + walls[:3]


class FourRooms(Gymnax):
    def begin(self, task, first):
        """The start is another in every episode: that of our first observation."""
        import jax.numpy as jnp

        _, self.now = self.env.reset_env(self.key, self.parameters)
        x, y = (int(number) for number in first)
        self.now = self.now.replace(
            pos=jnp.array([12 - y, x]), goal=jnp.array([12 - task["goal"]["y"], task["goal"]["x"]]), time=0
        )
        return self.seen(self.env.get_obs(self.now))

    def step(self, action, ours):
        observation, reward, done = self.advance(action)
        is_late = self.time >= self.parameters.max_steps_in_episode
        return self.seen(observation), reward, 1 if reward else 2 if is_late else 0

    @staticmethod
    def seen(observation):
        row, column, *_ = observation.tolist()
        return [column, 12 - row]


class Dark:
    """An environment of toymeta; its rows count from the top."""

    def __init__(self, horizon):
        self.horizon = horizon

    def begin(self, task, first):
        import numpy
        import toymeta.dark_key_door
        import toymeta.dark_room

        def place(cell):
            return 8 - cell["y"], cell["x"]

        if "goal" in task:
            self.env = toymeta.dark_room.DarkRoom(goal=place(task["goal"]), random_start=False)
        else:
            goal = (place(task["door"]), place(task["key"]))
            self.env = toymeta.dark_key_door.DarkKeyToDoor(goal=goal, random_start=False)
        self.time = 0
        state = self.env.reset(seed=0)[0]
        if "key" in task:
            # The start is another in every episode, which the library draws if it is asked to: ours.
            y, x = divmod(int(first[0]), 9)
            self.env.agent_pos = numpy.array([8 - y, x], dtype=numpy.float32)
            state = self.env.pos_to_state(self.env.agent_pos)
        return self.seen(state)

    def step(self, action, ours):
        self.time += 1
        state, reward, terminated, _, _ = self.env.step(action)
        return self.seen(state), reward, 1 if terminated else 2 if self.time == self.horizon else 0

    @staticmethod
    def seen(state):
        row, column = divmod(state, 9)
        return [(8 - row) * 9 + column]


PEERS = {
    "rooms-empty": lambda: Rooms("MiniGrid-Empty-8x8-v0"),
    "rooms-four": lambda: Rooms("MiniGrid-FourRooms-v0"),
    "rooms-door-key": lambda: Rooms("MiniGrid-DoorKey-8x8-v0"),
    "rooms-key-corridor": lambda: Rooms("MiniGrid-KeyCorridorS3R2-v0"),
    "rooms-locked": lambda: Rooms("MiniGrid-LockedRoom-v0"),
    "rooms-memory": lambda: Rooms("MiniGrid-MemoryS13-v0"),
    "rooms-crossing": lambda: Rooms("MiniGrid-SimpleCrossingS9N2-v0"),
    "rooms-lava": lambda: Rooms("MiniGrid-LavaCrossingS9N1-v0"),
    "rooms-fetch": lambda: Rooms("MiniGrid-Fetch-6x6-N2-v0"),
    "rooms-doors": lambda: Rooms("MiniGrid-GoToDoor-6x6-v0"),
    "meta-maze": lambda: Maze("MetaMaze-misc"),
    "four-rooms": lambda: FourRooms("FourRooms-misc", fail_prob=0.0, max_steps_in_episode=100),
    "dark-room": lambda: Dark(20),
    "dark-key-to-door": lambda: Dark(50),
}


def blocks(path):
    """What was written: for each agent the tasks, the first observation and the steps of each lane."""
    found = []
    for line in map(json.loads, path.read_text().splitlines()):
        if "tasks" in line:
            tasks = json.loads(line["tasks"])
            found.append([(task, first, []) for task, first in zip(tasks, line["observations"])])
        else:
            found[-1][line["lane"]][2].append(line)
    return found


def difference(peer, task, first, steps):
    """The first step of a lane in which the peer is not as it is here; None where there is none."""
    if peer.begin(task, first) != first:
        return f"at the start: {peer.begin(task, first)} there, {first} here"
    for number, step in enumerate(steps):
        observation, reward, ending = peer.step(int(step["action"][0]), step)
        if step["ending"]:
            # After the last episode of a trial nothing begins.
            observation = step["observation"] if number == len(steps) - 1 else peer.begin(task, step["observation"])
        here = (step["observation"], step["reward"], step["ending"])
        if observation != here[0] or abs(reward - here[1]) > 1e-6 or ending != here[2]:
            return f"step {number}, action {step['action'][0]:.0f}: {(observation, reward, ending)} there, {here} here"
    return None


def compare(name, path):
    """Prints how an environment compares; returns whether it is equal."""
    peer, steps, rewards = PEERS[name](), 0, 0
    for block in blocks(path):
        for lane, (task, first, lines) in enumerate(block):
            found = difference(peer, task, first, lines)
            if found:
                print(f"{name}, task {lane} ({json.dumps(task)}), {found}")
                return False
            steps += len(lines)
            rewards += sum(line["reward"] != 0 for line in lines)
    print(f"{name}: equal in {steps} steps, {rewards} of them with a reward")
    return True


def write(names, directory):
    """Has the tests write the steps of each environment; returns the paths."""
    paths, requests = {}, []
    for name in names:
        text = (ROOT / f"envs/{name}.toml").read_text()
        for old, new in CONSTANTS.get(name, {}).items():
            assert old in text, (name, old)
            text = text.replace(old, new)
        file, paths[name] = directory / f"{name}.toml", directory / f"{name}.jsonl"
        file.write_text(text)
        requests.append(f"{file} {paths[name]}")
    words = ["swift", "test", "-c", "release", "--filter", "PeerSteps"]
    variables = os.environ | {"METARL_PEER_STEPS": "\n".join(requests)}
    subprocess.run(words, check=True, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL)
    return paths


def main(names):
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: not one of {', '.join(PEERS)}")
    try:
        import gymnax  # noqa: F401
        import minigrid  # noqa: F401
        import toymeta  # noqa: F401
    except ImportError:
        if os.environ.get("METARL_PEERS"):
            raise
        with tempfile.TemporaryDirectory() as directory:
            venv.create(directory, with_pip=True)
            python = directory + "/bin/python"
            subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
            words = [python, __file__, *names]
            sys.exit(subprocess.run(words, env=os.environ | {"METARL_PEERS": "1"}).returncode)
    with tempfile.TemporaryDirectory() as directory:
        paths = write(names or list(PEERS), pathlib.Path(directory))
        results = [compare(name, path) for name, path in paths.items()]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
