// Message ids of the taoyao protocol: a number that starts with the day and time and ends in the
// index that the server gave this client, so that ids of two clients never meet.
export class SignalId {
  // Before registration every client counts under this index.
  private index = 99999
  private count = 0

  setIndex(index: number): void {
    this.index = index
  }

  next(now: Date = new Date()): number {
    this.count = (this.count + 1) % 1000
    return (
      now.getDate() * 1e14 +
      now.getHours() * 1e12 +
      now.getMinutes() * 1e10 +
      now.getSeconds() * 1e8 +
      1000 * this.index +
      this.count
    )
  }
}
