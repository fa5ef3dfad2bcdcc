// A host in which time passes only when a test says so.
//
// `host.log` lists what was asked of it; `host.pending()` what still runs. `host.tick()` ends the
// sleep that would end first and runs what waits for it; `host.answer(value)` and
// `host.refuse(error)` settle the oldest operation that is no sleep.
{
  const running = new Map();
  const log = [];
  const errors = [];
  let lastId = 0;
  let now = 0;

  const operation = (name, payload) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    lastId += 1;
    promise.operationId = lastId;
    const due = name === "timer.sleep" ? now + payload.ms : Infinity;
    running.set(lastId, { id: lastId, name, payload, due, resolve, reject });
    log.push([name, payload]);
    return promise;
  };

  const cancelOperation = (id) => {
    const cancelled = running.get(id);
    running.delete(id);
    log.push(["cancel", cancelled?.name ?? null]);
    cancelled?.reject(new Error("cancelled by the host"));
  };

  const settle = () => new Promise((resolve) => {
    let turns = 20;
    const turn = () => (turns-- > 0 ? Promise.resolve().then(turn) : resolve());
    turn();
  });

  const take = (choose) => {
    const found = [...running.values()].reduce((a, b) => (b && choose(a, b) ? b : a));
    running.delete(found.id);
    return found;
  };

  const tick = async () => {
    const first = take((a, b) => b.due < a.due);
    now = first.due;
    first.resolve(null);
    await settle();
  };

  const answer = async (value) => {
    take((a, b) => a.due !== Infinity && b.due === Infinity).resolve(value);
    await settle();
  };

  const refuse = async (error) => {
    take((a, b) => a.due !== Infinity && b.due === Infinity).reject(error);
    await settle();
  };

  const reportError = (error) => errors.push(`${error}`);
  Object.assign(globalThis.__rigkit, { operation, cancelOperation, reportError });
  globalThis.host = {
    log, errors, tick, answer, refuse, settle,
    pending: () => [...running.values()].map(({ name, payload }) => [name, payload]),
    now: () => now,
  };
}
