// Other libraries behind one small interface, so that peers.mjs asks the same of all of them.
//
//   create(writer)                an empty replica whose changes are those of this writer (a number)
//   edit(replica, at, del, ins)   one edit, made here
//   rename(replica, writer)       its next changes are those of this writer, whose earlier ones it has
//   encode(replica)               the bytes of what was edited since the last call
//   apply(replica, updates)       takes in updates of others, in an order in which each follows what it needs
//   text(replica), save(replica), free(replica)
//   merge(bytes)                  a fresh replica from everything that another one has
//   load(bytes, writer)           a replica from what save() wrote, where apply() does not take that
//   open(bytes)                   the text of what save() wrote
//
// `encodesWhileEditing` says that the bytes are made by edit() already. Positions are UTF-16 code units, except where
// `countsCodePoints` is set.

async function yjs() {
  const Y = await import('yjs');
  const create = (writer) => {
    const doc = new Y.Doc();
    doc.clientID = writer + 1;
    const replica = { doc, text: doc.getText('t'), last: null };
    doc.on('update', (update, origin) => {
      if (origin === 'here') replica.last = update;
    });
    return replica;
  };
  const apply = (replica, updates) => {
    for (const update of updates) Y.applyUpdate(replica.doc, update, 'there');
  };
  return {
    encodesWhileEditing: true,
    create,
    rename: (replica, writer) => {
      replica.doc.clientID = writer + 1;
    },
    edit: (replica, at, del, ins) =>
      replica.doc.transact(() => {
        if (del > 0) replica.text.delete(at, del);
        if (ins !== '') replica.text.insert(at, ins);
      }, 'here'),
    encode: (replica) => replica.last,
    apply,
    text: (replica) => replica.text.toString(),
    save: (replica) => Y.encodeStateAsUpdate(replica.doc),
    free: (replica) => replica.doc.destroy(),
    merge(bytes) {
      const replica = create(1 << 20);
      apply(replica, [bytes]);
      return replica;
    },
    open(bytes) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, bytes);
      return doc.getText('t').toString();
    },
  };
}

async function yrs() {
  const { YDoc, applyUpdate, encodeStateAsUpdate } = await import('ywasm');
  const create = (writer) => {
    const doc = new YDoc({ clientID: writer + 1 });
    return { doc, text: doc.getText('t'), last: null };
  };
  const apply = (replica, updates) => {
    for (const update of updates) applyUpdate(replica.doc, update, 'there');
  };
  const text = (replica) => replica.text.toString(undefined);
  const free = (replica) => {
    replica.text.free();
    replica.doc.free();
  };
  return {
    encodesWhileEditing: true,
    // The bytes are those of Yjs, and there a replica can take the name of another writer.
    recordedBy: 'yjs',
    create,
    edit(replica, at, del, ins) {
      const transaction = replica.doc.beginTransaction('here');
      if (del > 0) replica.text.delete(at, del, transaction);
      if (ins !== '') replica.text.insert(at, ins, undefined, transaction);
      transaction.commit();
      replica.last = replica.encodes ? transaction.encodeUpdate() : null;
      transaction.free();
    },
    encode: (replica) => replica.last,
    willEncode: (replica) => {
      replica.encodes = true;
    },
    apply,
    text,
    save: (replica) => encodeStateAsUpdate(replica.doc),
    free,
    merge(bytes) {
      const replica = create(1 << 20);
      apply(replica, [bytes]);
      return replica;
    },
    open(bytes) {
      const replica = create(1 << 20);
      apply(replica, [bytes]);
      const opened = text(replica);
      free(replica);
      return opened;
    },
  };
}

async function automerge() {
  const A = await import('@automerge/automerge');
  const actor = (writer) => (writer + 1).toString(16).padStart(16, '0');
  // All replicas have to start from one text object.
  const base = A.save(A.from({ text: '' }, { actor: 'f'.repeat(16) }));
  const create = (writer) => ({ doc: A.load(base, { actor: actor(writer) }) });
  return {
    create,
    rename(replica, writer) {
      const before = replica.doc;
      replica.doc = A.clone(before, { actor: actor(writer) });
      A.free(before);
    },
    edit(replica, at, del, ins) {
      replica.doc = A.change(replica.doc, (draft) => A.splice(draft, ['text'], at, del, ins));
    },
    encode: (replica) => A.getLastLocalChange(replica.doc),
    apply(replica, updates) {
      [replica.doc] = A.applyChanges(replica.doc, updates);
    },
    text: (replica) => replica.doc.text,
    save: (replica) => A.save(replica.doc),
    free: (replica) => A.free(replica.doc),
    merge(bytes) {
      return { doc: A.loadIncremental(A.load(base, { actor: actor(1 << 20) }), bytes) };
    },
    load: (bytes, writer) => ({ doc: A.load(bytes, { actor: actor(writer) }) }),
    open(bytes) {
      const doc = A.load(bytes);
      const text = doc.text;
      A.free(doc);
      return text;
    },
  };
}

async function loro() {
  const { LoroDoc } = await import('loro-crdt');
  const create = (writer) => {
    const doc = new LoroDoc();
    doc.setPeerId(BigInt(writer + 1));
    return { doc, text: doc.getText('t'), sent: doc.oplogVersion() };
  };
  return {
    create,
    rename: (replica, writer) => replica.doc.setPeerId(BigInt(writer + 1)),
    edit(replica, at, del, ins) {
      if (del > 0) replica.text.delete(at, del);
      if (ins !== '') replica.text.insert(at, ins);
      replica.doc.commit();
    },
    encode(replica) {
      const bytes = replica.doc.export({ mode: 'update', from: replica.sent });
      replica.sent = replica.doc.oplogVersion();
      return bytes;
    },
    apply(replica, updates) {
      if (updates.length === 1) replica.doc.import(updates[0]);
      else replica.doc.importBatch(updates);
      replica.sent = replica.doc.oplogVersion();
    },
    text: (replica) => replica.text.toString(),
    save: (replica) => replica.doc.export({ mode: 'snapshot' }),
    free: (replica) => replica.doc.free(),
    history: (replica) => replica.doc.export({ mode: 'update' }),
    merge(bytes) {
      const replica = create(1 << 20);
      replica.doc.import(bytes);
      replica.sent = replica.doc.oplogVersion();
      return replica;
    },
    open(bytes) {
      const doc = LoroDoc.fromSnapshot(bytes);
      const text = doc.getText('t').toString();
      doc.free();
      return text;
    },
  };
}

async function diamondTypes() {
  const { Doc, OpLog, Branch } = await import('diamond-types-node');
  const name = (writer) => `w${String(writer).padStart(6, '0')}`;
  const create = (writer) => {
    const doc = new Doc(name(writer));
    return { doc, sent: doc.getLocalVersion() };
  };
  return {
    countsCodePoints: true,
    create,
    edit(replica, at, del, ins) {
      if (del > 0) replica.doc.del(at, del);
      if (ins !== '') replica.doc.ins(at, ins);
    },
    encode(replica) {
      const bytes = replica.doc.getPatchSince(replica.sent);
      replica.sent = replica.doc.getLocalVersion();
      return bytes;
    },
    apply(replica, updates) {
      for (const update of updates) replica.doc.mergeBytes(update);
      replica.sent = replica.doc.getLocalVersion();
    },
    text: (replica) => replica.doc.get(),
    save: (replica) => replica.doc.toBytes(),
    free: (replica) => replica.doc.free(),
    merge(bytes) {
      const replica = create(1 << 20);
      replica.doc.mergeBytes(bytes);
      replica.sent = replica.doc.getLocalVersion();
      return replica;
    },
    open(bytes) {
      const log = OpLog.fromBytes(bytes, name(1 << 20));
      const branch = Branch.all(log);
      const text = branch.get();
      branch.free();
      log.free();
      return text;
    },
    // A history with branches is recorded without any text: each edit names the version that it was made against.
    recorder: (writer) => ({ log: new OpLog(name(writer)), length: 0, ends: new Map() }),
    recordOthers(recorder, index, update, length) {
      recorder.log.addFromBytes(update);
      recorder.length += length;
      recorder.ends.set(index, recorder.length - 1);
    },
    record(recorder, index, parents, edits) {
      const before = recorder.log.getLocalVersion();
      let at = Uint32Array.from(parents.map((parent) => recorder.ends.get(parent)));
      for (const [position, del, ins] of edits) {
        if (del > 0) {
          recorder.log.del(position, del, at);
          recorder.length += del;
          at = Uint32Array.of(recorder.length - 1);
        }
        if (ins !== '') {
          recorder.log.ins(position, ins, at);
          recorder.length += [...ins].length;
          at = Uint32Array.of(recorder.length - 1);
        }
      }
      recorder.ends.set(index, recorder.length - 1);
      return recorder.log.getPatchSince(before);
    },
    freeRecorder: (recorder) => recorder.log.free(),
  };
}

async function jsonJoy() {
  const { Model } = await import('json-joy/lib/json-crdt/index.js');
  const { Patch, s } = await import('json-joy/lib/json-crdt-patch/index.js');
  // Session ids below 65,536 are reserved.
  const session = (writer) => 100_000 + writer;
  const base = Model.create(s.str(''), 99_999).toBinary();
  const create = (writer) => {
    const model = Model.load(base, session(writer));
    return { model, node: model.api.str([]) };
  };
  return {
    create,
    edit(replica, at, del, ins) {
      if (del > 0) replica.node.del(at, del);
      if (ins !== '') replica.node.ins(at, ins);
    },
    encode: (replica) => replica.model.api.flush().toBinary(),
    apply(replica, updates) {
      for (const update of updates) replica.model.applyPatch(Patch.fromBinary(update));
    },
    text: (replica) => replica.model.view(),
    save: (replica) => replica.model.toBinary(),
    free() {},
    merge: null,
    load(bytes, writer) {
      const model = Model.load(bytes, session(writer));
      return { model, node: model.api.str([]) };
    },
    open: (bytes) => Model.fromBinary(bytes).view(),
  };
}

export const libraries = {
  yjs,
  yrs,
  automerge,
  loro,
  'diamond-types': diamondTypes,
  'json-joy': jsonJoy,
};
