// Server-sent events out of bytes, however they are cut.

export class Events {
  #decoder = new TextDecoder();
  #rest = "";
  #name = "";
  #data = [];

  // The events that are complete by now: [{ name, data }].
  feed(bytes) {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  // What stands at the end without an empty line after it.
  flush() {
    return this.#read(`${this.#decoder.decode()}\n\n`);
  }

  #read(text) {
    const found = [];
    this.#rest += text;
    // A carriage return at the end may be one half of CRLF.
    const whole = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
    const lines = whole.split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + this.#rest.slice(whole.length);
    for (const line of lines) this.#take(line, found);
    return found;
  }

  #take(line, found) {
    if (!line) {
      if (this.#data.length) found.push({ name: this.#name, data: this.#data.join("\n") });
      this.#name = "";
      this.#data = [];
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#name = value;
  }
}
