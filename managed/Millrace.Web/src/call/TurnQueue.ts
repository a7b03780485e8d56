// Runs asynchronous work one piece after the other; a piece that fails does not stop the next.
export class TurnQueue {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(turn: () => Promise<T>): Promise<T> {
    const next = this.last.then(turn, turn)
    this.last = next.catch(() => {})
    return next
  }
}
