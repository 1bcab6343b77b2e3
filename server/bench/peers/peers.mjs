// One library on one trace, driven by lines of JSON: `node peers.mjs NAME`.
//
//   {"do": "load", "file": path}       reads a trace that the bench has written: {"sequential", "astral", "end",
//                                      "writers", "transactions": [[writer, [parent, ...], [[at, del, ins], ...]], ...]}
//   {"do": "run", "operation": word}   does it once
//
// and answers each line with one: {"value": number, "tail": number or null, "differs": boolean} or {"failed": reason}. Only what is measured
// is between the clocks; input is made ready before, once.
//
// `node peers.mjs NAME --first FILE` opens a saved document as the first thing that its process does with the library, whose
// loading is part of that, and prints {"value": milliseconds, "text": string}.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { libraries } from './libraries.mjs';

// Standard output belongs to the answers alone.
console.log = console.info = console.error;

// What it takes on the clock, or, where that is more because others had the processor, of processor time.
function start() {
  return { wall: performance.now(), processor: process.cpuUsage() };
}

function millis(began) {
  const wall = performance.now() - began.wall;
  const { user, system } = process.cpuUsage(began.processor);
  return { value: Math.min(wall, (user + system) / 1e3), tail: null };
}

const KEYS = 500;
const name = process.argv[2];
if (!(name in libraries)) {
  console.error(`no such library: ${name}; there are ${Object.keys(libraries).join(', ')}`);
  process.exit(2);
}
if (process.argv[3] === '--first') {
  const bytes = new Uint8Array(readFileSync(process.argv[4]));
  const began = start();
  const text = (await libraries[name]()).open(bytes);
  const { value } = millis(began);
  process.stdout.write(JSON.stringify({ value, text }), () => process.exit(0));
  await new Promise(() => {});
}
const library = await libraries[name]();
const recorder = library.recordedBy ? await libraries[library.recordedBy]() : library;
let trace;
let ready = {};

const fail = (reason) => {
  throw new Error(reason);
};
// Where branches insert at one place at the same time, libraries differ in what comes first. Then the positions of what
// follows mean other characters, and the end is another text: the same one in every run, though, and that is checked.
const check = (text) => {
  if (trace.sequential && text !== trace.end) fail('it ended in another text than the recorded one');
  ready.end ??= text;
  if (text !== ready.end) fail('it ended in another text than the run before');
  ready.differs = text !== trace.end;
};
const willEncode = (replica) => library.willEncode?.(replica);

function edits() {
  ready.edits ??= trace.transactions.flatMap((transaction) => transaction[2]);
  return ready.edits;
}

/** The update of every transaction, each made by its writer against its parents. */
function updates() {
  if (!ready.updates) {
    const recorded = library.recorder ? recordedByVersion() : recordedByReplicas(recorder);
    ready.updates = recorded.filter((update) => update !== null);
  }
  return ready.updates;
}

// More writers than this take turns with the same replicas, because each replica has to be told the whole past.
const REPLICAS = 8;
const NOBODY = 1 << 21;

/** For each transaction a replica of its writer that knows its past and nothing else. */
class Replicas {
  constructor(create, rename) {
    this.create = create;
    this.rename = trace.writers > REPLICAS ? rename : undefined;
    this.all = [];
    this.pasts = [];
  }

  /** The transactions that a version includes, as bits. */
  pastOf(index) {
    const past = new Uint32Array((trace.transactions.length >> 5) + 1);
    for (const parent of trace.transactions[index][1]) {
      this.pasts[parent].forEach((bits, word) => {
        past[word] |= bits;
      });
      past[parent >> 5] |= 1 << (parent & 31);
    }
    return past;
  }

  find(writer, index) {
    if (!this.rename) {
      return this.all.find((each) => each.writer === writer) ?? this.add(writer);
    }
    this.pasts[index] = this.pastOf(index);
    const past = this.pasts[index];
    let best;
    for (const each of this.all) {
      const fits = past.every((bits, word) => (each.bits[word] & ~bits) === 0);
      if (fits && (!best || each.count > best.count)) best = each;
    }
    return best ?? this.add(writer);
  }

  add(writer) {
    const transactions = trace.transactions.length;
    const added = {
      writer,
      replica: this.create(writer),
      has: new Uint8Array(transactions),
      bits: new Uint32Array((transactions >> 5) + 1),
      count: 0,
    };
    this.all.push(added);
    return added;
  }

  learn(each, index) {
    each.has[index] = 1;
    each.bits[index >> 5] |= 1 << (index & 31);
    each.count++;
  }

  drop(each) {
    this.all.splice(this.all.indexOf(each), 1);
  }
}

/** Calls `work` for each transaction with its writer's replica, after what it misses of its past was brought there. */
function alongHistory(create, rename, bring, work, free) {
  const transactions = trace.transactions;
  const lasts = new Map(transactions.map(([writer], index) => [writer, index]));
  const replicas = new Replicas(create, rename);
  return transactions.map(([writer, parents, patches], index) => {
    const each = replicas.find(writer, index);
    const missing = [];
    const open = [...parents];
    while (open.length > 0) {
      const past = open.pop();
      if (each.has[past] === 0) {
        replicas.learn(each, past);
        missing.push(past);
        open.push(...transactions[past][1]);
      }
    }
    // A replica that bears a name must not hear of that writer's changes from others.
    if (replicas.rename && missing.length > 0) rename(each.replica, NOBODY);
    bring(each.replica, missing.sort((a, b) => a - b));
    if (replicas.rename) rename(each.replica, writer);
    const update = work(each.replica, index, parents, patches);
    replicas.learn(each, index);
    if (!replicas.rename && lasts.get(writer) === index) {
      free(each.replica);
      replicas.drop(each);
    }
    return update;
  });
}

function recordedByReplicas(by) {
  const made = [];
  return alongHistory(
    (writer) => {
      const replica = by.create(writer);
      by.willEncode?.(replica);
      return replica;
    },
    by.rename,
    (replica, missing) => {
      const others = missing.flatMap((index) => made[index] ?? []);
      if (others.length > 0) by.apply(replica, others);
    },
    (replica, index, parents, patches) => {
      made[index] = patches.map(([at, del, ins]) => {
        by.edit(replica, at, del, ins);
        return by.encode(replica);
      });
      return made[index];
    },
    by.free,
  ).flat();
}

function recordedByVersion() {
  const made = [];
  const lengths = trace.transactions.map(([, , patches]) =>
    patches.reduce((sum, [, del, ins]) => sum + del + [...ins].length, 0),
  );
  return alongHistory(
    library.recorder,
    undefined,
    (log, missing) => {
      for (const index of missing) {
        if (made[index]) library.recordOthers(log, index, made[index], lengths[index]);
        else fail('a transaction without edits inside of a history with branches');
      }
    },
    (log, index, parents, patches) => {
      made[index] = patches.length > 0 ? library.record(log, index, parents, patches) : null;
      return made[index];
    },
    library.freeRecorder,
  );
}

/** A replica that has everything. */
function complete() {
  const replica = library.create(trace.sequential ? 0 : 1 << 20);
  if (trace.sequential) {
    for (const [at, del, ins] of edits()) library.edit(replica, at, del, ins);
  } else {
    library.apply(replica, updates());
  }
  return replica;
}

function saved() {
  if (!ready.saved) {
    const replica = complete();
    check(library.text(replica));
    ready.saved = library.save(replica);
    ready.history = library.history ? library.history(replica) : ready.saved;
    library.free(replica);
  }
  return ready.saved;
}

function history() {
  saved();
  return ready.history;
}

function typed(encodes) {
  const list = edits();
  let bytes = 0;
  const began = start();
  const replica = library.create(0);
  if (encodes) {
    willEncode(replica);
    for (const [at, del, ins] of list) {
      library.edit(replica, at, del, ins);
      bytes += library.encode(replica).length;
    }
  } else {
    for (const [at, del, ins] of list) library.edit(replica, at, del, ins);
  }
  const reading = millis(began);
  check(library.text(replica));
  library.free(replica);
  if (encodes && bytes === 0) fail('no update had any bytes');
  return reading;
}

function merged() {
  if (!library.merge) fail('it keeps no history that a fresh replica could merge');
  const bytes = history();
  const began = start();
  const replica = library.merge(bytes);
  const text = library.text(replica);
  const reading = millis(began);
  check(text);
  library.free(replica);
  return reading;
}

function singly() {
  const list = updates();
  const began = start();
  const replica = library.create(1 << 20);
  for (const update of list) library.apply(replica, [update]);
  const text = library.text(replica);
  const reading = millis(began);
  check(text);
  library.free(replica);
  return reading;
}

function opened() {
  const bytes = saved();
  const began = start();
  const text = library.open(bytes);
  const reading = millis(began);
  check(text);
  return reading;
}

function firstOpened() {
  const folder = mkdtempSync(join(tmpdir(), 'meta-log-first-'));
  try {
    const file = join(folder, 'saved');
    writeFileSync(file, saved());
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, '--first', file], {
      encoding: 'utf8',
      maxBuffer: 256 << 20,
    });
    if (child.status !== 0) fail(`a fresh process did not open it: ${child.stderr.slice(0, 200)}`);
    const { value, text } = JSON.parse(child.stdout);
    check(text);
    return { value, tail: null };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Two write in different places of the finished document, at the same time, key by key. */
function exchanged() {
  saved();
  const bytes = history();
  const begin = (writer) => {
    const replica = library.load ? library.load(bytes, writer) : library.create(writer);
    if (!library.load) library.apply(replica, [bytes]);
    willEncode(replica);
    return replica;
  };
  const annas = begin((1 << 20) + 1);
  const bens = begin((1 << 20) + 2);
  const samples = [];
  const carry = (from, at, key, to) => {
    let began = performance.now();
    library.edit(from, at, 0, key);
    if (!library.encodesWhileEditing) began = performance.now();
    const update = library.encode(from);
    return { update, to, spent: performance.now() - began };
  };
  const third = Math.floor(library.text(annas).length / 3);
  for (let key = 0; key < KEYS; key++) {
    const both = [carry(annas, third + key, 'a', bens), carry(bens, 2 * third + 2 * key, 'b', annas)];
    for (const { update, to, spent } of both) {
      const began = performance.now();
      library.apply(to, [update]);
      samples.push(1e3 * (spent + performance.now() - began));
    }
  }
  if (library.text(annas) !== library.text(bens)) fail('the two texts differ');
  library.free(annas);
  library.free(bens);
  samples.sort((a, b) => a - b);
  const percentile = (percent) => samples[Math.round((percent / 100) * (samples.length - 1))];
  return { value: percentile(50), tail: percentile(99) };
}

const operations = {
  local: () => typed(false),
  localUpdates: () => typed(true),
  merge: merged,
  singly,
  keystroke: exchanged,
  file: () => ({ value: saved().length, tail: null }),
  open: opened,
  firstOpen: firstOpened,
};

function answer(request) {
  switch (request.do) {
    case 'load':
      trace = JSON.parse(readFileSync(request.file, 'utf8'));
      ready = {};
      if (trace.astral && library.countsCodePoints) {
        fail('it counts code points, and this trace, given in UTF-16 units, has astral characters');
      }
      return { value: trace.transactions.length, tail: null };
    case 'run':
      return (operations[request.operation] ?? fail(`no such operation: ${request.operation}`))();
    default:
      return fail(`no such request: ${request.do}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = { differs: false, ...answer(JSON.parse(line)) };
    reply.differs ||= ready.differs === true;
  } catch (error) {
    reply = { failed: String(error?.message ?? error).split('\n')[0].slice(0, 300) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit(0);
