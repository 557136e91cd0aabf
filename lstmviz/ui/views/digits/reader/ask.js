// Messages to the server: one at a time, the newest state each time.

const PATIENCE = 4000; // milliseconds: sooner, sending again would only interrupt a server that is at work
const LONGEST = 32_000; // between two that are not answered
const AWAY = 3000; // milliseconds that another page takes at most to come
const LATE = 500; // milliseconds, after which what is on display no longer passes for the answer
const MEASURED = "lstmviz digit"; // from a message to its bars, for who measures it
const MOST = 500; // measures that are kept

// memory: counts the messages, `seq`, and holds the text of the last one, `sent`, for as long as the tab is open. message:
// makes what is to be sent, as it is at that moment. send: hands it over, with its number. delayed: told whether the answer
// is late.
/**
 * @template {object} Message
 * @param {{ seq: number, sent: string }} memory
 * @param {HTMLElement} root
 * @param {() => Message} message
 * @param {(message: Message & { seq: number }) => void} send
 * @param {(late: boolean) => void} delayed
 */
export function createAsk(memory, root, message, send, delayed) {
  let waiting = 0; // the number of the message that has no answer yet
  let began = 0;
  let wanted = false;
  let held = 0; // the timer for whose time nothing is sent, unless something is wanted again
  let patience = PATIENCE;
  let timer = 0;
  let clock = 0; // until the answer is late
  let late = false;
  let measured = 0;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (held) return;
    const rest = waiting ? began + patience - performance.now() : 0;
    if (rest > 0) {
      timer = setTimeout(flush, rest);
      return;
    }
    if (waiting) {
      patience = Math.min(2 * patience, LONGEST);
      memory.sent = ""; // it may be lost, as while there is no connection
      wanted = true;
    }
    if (!wanted) return;
    wanted = false;
    const next = message();
    const text = JSON.stringify(next);
    if (text === memory.sent) return;
    memory.sent = text;
    waiting = memory.seq += 1;
    began = performance.now();
    root.dataset.seq = String(waiting);
    timer = setTimeout(flush, patience);
    send({ seq: waiting, ...next });
  }

  // Until the frame with the answer has been handed over to the screen.
  /** @param {number} start @param {number} detail */
  function measure(start, detail) {
    requestAnimationFrame(() => {
      setTimeout(() => {
        if (measured++ % MOST === 0) performance.clearMeasures(MEASURED);
        performance.measure(MEASURED, { start, end: performance.now(), detail });
      }, 0);
    });
  }

  const pending = () => wanted || waiting > 0;
  /** @type {(now: boolean) => void} */
  const setLate = (now) => {
    if (late !== now) delayed((late = now));
  };

  // For who waits until the answer to everything is on display.
  function tell() {
    root.dataset.asking = String(pending());
    if (pending()) {
      clock ||= setTimeout(() => setLate(true), LATE);
      return;
    }
    clearTimeout(clock);
    clock = 0;
    setLate(false);
  }

  return {
    // Whether what is on display is not the answer to what is on the pad.
    get pending() {
      return pending();
    },
    want() {
      wanted = true;
      clearTimeout(held);
      held = 0;
      flush();
      tell();
    },
    // Nothing is sent by itself, for a while.
    hold() {
      clearTimeout(held);
      held = setTimeout(() => {
        held = 0;
        flush();
      }, AWAY);
    },
    // Whatever was sent before, the server does not know it.
    again() {
      memory.sent = "";
      waiting = 0;
      this.want();
    },
    // An answer is on display.
    /** @param {number} number */
    answered(number) {
      root.dataset.answered = String(number);
      if (waiting && number === waiting) {
        waiting = 0;
        patience = PATIENCE;
        clearTimeout(clock);
        clock = 0;
        setLate(false);
        measure(began, number);
      }
      flush();
      tell();
    },
    leave() {
      clearTimeout(timer);
      clearTimeout(clock);
      clearTimeout(held);
    },
  };
}
