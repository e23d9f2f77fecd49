// Takes the sound of the microphone in blocks of 16 bits, in the thread of the sound.
const BLOCK = 2048;

class Take extends AudioWorkletProcessor {
  block = new Int16Array(BLOCK);
  filled = 0;

  process([input]) {
    for (const sample of input[0] ?? []) {
      this.block[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled < BLOCK) continue;
      this.port.postMessage(this.block.buffer, [this.block.buffer]);
      this.block = new Int16Array(BLOCK);
      this.filled = 0;
    }
    return true;
  }
}

registerProcessor("take", Take);
