// Messages to the server: one at a time, the newest state each time.

const PATIENCE = 400; // milliseconds, after which an answer that has not come is no longer waited for
const MEASURED = "lstmviz digit"; // from a message to its bars, for who measures it
const MOST = 500; // measures that are kept

// memory: counts the messages, `seq`, for as long as the tab is open. message: makes what is to be sent, as it is at that
// moment. send: hands it over, with its number.
export function createAsk(memory, root, message, send) {
  let waiting = 0; // the number of the message that has no answer yet
  let began = 0;
  let wanted = false;
  let before = ""; // the message before
  let timer = 0;
  let measured = 0;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!wanted) return;
    const rest = waiting ? began + PATIENCE - performance.now() : 0;
    if (rest > 0) {
      timer = setTimeout(flush, rest);
      return;
    }
    wanted = false;
    const next = message();
    const text = JSON.stringify(next);
    if (text === before) return;
    before = text;
    waiting = memory.seq += 1;
    began = performance.now();
    root.dataset.seq = String(waiting);
    send({ seq: waiting, ...next });
  }

  // Until the frame with the answer has been handed over to the screen.
  function measure(start, detail) {
    requestAnimationFrame(() => {
      setTimeout(() => {
        if (measured++ % MOST === 0) performance.clearMeasures(MEASURED);
        performance.measure(MEASURED, { start, end: performance.now(), detail });
      }, 0);
    });
  }

  // For who waits until the answer to everything is on display.
  const tell = () => (root.dataset.asking = String(wanted || waiting > 0));

  return {
    want() {
      wanted = true;
      flush();
      tell();
    },
    // Whatever was sent before, the server does not know it.
    again() {
      before = "";
      waiting = 0;
      this.want();
    },
    // An answer is on display.
    answered(number) {
      root.dataset.answered = String(number);
      if (number === waiting) {
        waiting = 0;
        measure(began, number);
      }
      flush();
      tell();
    },
    leave: () => clearTimeout(timer),
  };
}
