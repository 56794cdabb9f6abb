/** Longer than libwebrtc's threads need to let go of what was closed. */
const LET_GO_MS = 300

/** Ends the process, a little later: @roamhq/wrtc crashes when the process ends right after a connection with slots closed. */
export function leave(): void {
  setTimeout(() => process.exit(0), LET_GO_MS)
}
