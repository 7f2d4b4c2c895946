// One file on its way by tus: pause, go on, cancel; a cut line is tried again, a reload goes on where it was.
import { Upload } from "tus-js-client"

const PIECE = 8 << 20
const AGAIN_AFTER_MS = [0, 500, 1500, 3000, 6000, 15000, 30000, 60000]

/** The key of the stored file once all is there and its hash was checked; nothing when it was cancelled or refused. */
export function send(form, file, sha256, row) {
  const words = form.dataset
  return new Promise((resolve) => {
    let started = performance.now()
    let first = null
    const headers = { "X-CSRFToken": form.querySelector('[name="csrfmiddlewaretoken"]').value }
    let key = ""
    const upload = new Upload(file, {
      endpoint: words.upload,
      chunkSize: PIECE,
      retryDelays: AGAIN_AFTER_MS,
      headers,
      metadata: { filename: file.name, sha256, order: words.order },
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ["liqi", words.person, words.order, sha256, file.name].join("/"),
      onAfterResponse: (_request, response) => (key = response.getHeader("Liqi-File") ?? key),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0
        const again = status === 0 || status >= 500 || status === 409 || status === 423
        if (again) row.say(words.sayWaiting)
        return again
      },
      onProgress: (sent, total) => {
        first ??= sent
        row.far(sent / total)
        const seconds = (performance.now() - started) / 1000
        const speed = seconds > 0.5 ? ` · ${row.bytes((sent - first) / seconds)}/s` : ""
        row.say(`${words.saySending} ${row.percent(sent / total)}${speed}`)
      },
      onError: (error) => {
        const said = error.originalResponse?.getBody() || error.message
        row.say(`${words.sayFailed} ${said}`, true)
        row.part("pause").hidden = true
        resolve(null)
      },
      onSuccess: () => resolve(key),
    })
    const turn = (going) => {
      row.part("pause").hidden = !going
      row.part("resume").hidden = going
    }
    row.part("pause").addEventListener("click", () => {
      upload.abort()
      row.say(words.sayPaused)
      turn(false)
    })
    row.part("resume").addEventListener("click", () => {
      started = performance.now()
      first = null
      upload.start()
      turn(true)
    })
    row.stop.addEventListener("abort", () => {
      upload.abort(true).catch(() => {})
      resolve(null)
    })
    upload.findPreviousUploads().then((before) => {
      if (before.length) {
        upload.resumeFromPreviousUpload(before[0])
        row.say(words.sayResumed)
      }
      upload.start()
    })
  })
}
