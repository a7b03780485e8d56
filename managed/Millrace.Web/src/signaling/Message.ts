// The envelope of the taoyao protocol. Requests have no code; everything from the server has one.
export interface Message {
  code?: string
  message?: string
  header: { v: string; id: number; signal: string }
  body?: any
}

export class SignalError extends Error {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(text)
    this.name = 'SignalError'
  }
}

export const SUCCESS = '0000'
export const UNAUTHORIZED = '3401'
