import { visit } from './visit.js'

const said = document.querySelector('#said')
visit(process.env.LIVE_URL).then(
  (sentence) => said.append(sentence),
  (error) => said.append(String(error)),
)
