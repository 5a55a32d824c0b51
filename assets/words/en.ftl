# The kiosk's words in English, for testers and visitors. Same messages and placeholders as vi.ftl.

language-name = English
language-choose = English
    .spoken = English. Please touch this picture.
language-ask = Choose a language

weekday-0 = Monday
weekday-1 = Tuesday
weekday-2 = Wednesday
weekday-3 = Thursday
weekday-4 = Friday
weekday-5 = Saturday
weekday-6 = Sunday
Weekday-0 = Monday
Weekday-1 = Tuesday
Weekday-2 = Wednesday
Weekday-3 = Thursday
Weekday-4 = Friday
Weekday-5 = Saturday
Weekday-6 = Sunday
weekday-short-0 = Mo
weekday-short-1 = Tu
weekday-short-2 = We
weekday-short-3 = Th
weekday-short-4 = Fr
weekday-short-5 = Sa
weekday-short-6 = Su
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
    }
trial = TRIAL

bar-listen = Listen
bar-help = Help
bar-back = Back

loudness-change = Loudness
    .spoken = To hear it louder or softer, touch the loudspeaker.
loudness-1 = Soft
loudness-2 = Mid
loudness-3 = Loud
bar-low = Wheelchair
low-offer = Wheelchair
    .spoken = In a wheelchair? Touch this picture, and the pictures come down.
low-undo = Wheelchair
    .spoken = To bring the pictures back up, touch this picture.
low-on = Lowered
    .spoken = The pictures have come down.
low-off = As before
    .spoken = The pictures are as before.

attract-start = Touch here
    for a number
attract-exit = I have finished
attract-listen = Please touch the screen to take a number.
    .spoken = Please touch the screen to take a number. It asks for no name and keeps no papers.
attract-notice = No names asked,
    no papers kept.
    .spoken = Please touch the hand to take a number. If you have finished, touch the picture below.

service-ask = What do you
    need today?
    .spoken = What do you need today? Please touch a picture.
service-ask-group = Which one
    do you need?
    .spoken = Which one do you need? Please touch a picture.
service-ask-more = What do you
    need today?
    .spoken = There are these too. Please touch a picture.
service-more = More
    .spoken = More pictures.

bring-question = Did you bring the { $document }?
bring-ask-first = { $question }
    .spoken = { $tile }. { $question }
bring-ask = { $question }
bring-yes = Yes
    .spoken = If you have it, touch the green sign.
bring-no = Not yet
    .spoken = If not yet, touch the red sign. You still get a number.
bring-anyway = You still get a number

crowded-ask = Many people today.
    It may take long.
    .spoken = Many people are waiting, it may be too late today. Do you still want a number, or another day?
crowded-take = Take a number
    .spoken = To take a number all the same, touch this picture.
crowded-later = Another day
    .spoken = To come another day, touch this picture.

confirm-ask = { $tile }, is that right?
    .spoken = { $said }, is that right? If so, touch the green sign.
confirm-ask-unsure = Get help at a counter?
    .spoken = An officer will ask and help you. To take a number, touch the green sign.
confirm-priority = Do you have priority?
confirm-yes = Right
    .spoken = If it is right, touch the green sign.
confirm-no = Again
    .spoken = To choose again, touch the red sign.
priority-name = { $name }
    .spoken = { $name }: touch this picture.
priority-on = Priority: { $name }
    .spoken = Priority: { $name }.
priority-off = No priority
    .spoken = No priority.
limit-same-day = Same day
limit-next-day = Next working day
limit-later = Not today

ticket-yours = Your number
ticket-number = { $number }
    .spoken = Your number is: { $number }.
ticket-take = Take the slip
    .spoken = Please take the slip, then sit down and wait for your number.
ticket-wait = Sit and wait
ticket-no-paper = No printing now
    .spoken = The machine cannot print now. Please remember this number, an officer will write it down.
ticket-remember = Remember, or photo
ticket-ahead = { $count } people
    before you
    .spoken = { $count ->
        [0] Nobody is before you.
        [one] One person is before you.
       *[other] { $count } people are before you.
    }
ticket-ahead-words = people
    before you

closed-not-service-day = No numbers
    today.
    .spoken = There are no numbers today.
closed-holiday = Public holiday
    today.
    .spoken = Today is a public holiday.
closed-cancelled = Closed today.
    .spoken = The office is closed today.
closed-before-hours = Not open yet.
    .spoken = It is not open yet.
closed-lunch = Lunch break.
    .spoken = It is the lunch break.
closed-after-hours = No more
    numbers today.
    .spoken = There are no more numbers today.
closed-come = Come on { $weekday }.
    .spoken = Please come on { $weekday }, { $day }, from { $time }. { $nights ->
        [1] That is tomorrow.
       *[other] That is in { $nights } nights.
    }
closed-today-again = Wait until { $time }.
    .spoken = Please wait until { $time } today.
closed-today = Today: { $weekday }, { $day }
closed-nights = nights
closed-open-at = Open at

trouble-wait = The machine is stuck.
    An officer will help.
    .spoken = The machine is stuck. Please wait a moment, an officer will come and help.

help-called = An officer was called.
    Please wait.
    .spoken = An officer was called. Please wait a moment.
help-coming = An officer is coming.
    Please wait.
    .spoken = An officer is coming. Please wait a moment.
help-announce = Help is needed at the ticket machine
    .spoken = An officer, please, to the ticket machine.
help-go-on = Go on
    .spoken = To go on, touch this picture.
help-cancel = Not needed
    .spoken = If you need no help any more, touch this picture.

exit-join = Wi-Fi first
    .spoken = Scan this code with your phone to join the office's network. Then touch the green sign.
exit-join-next = Joined
    .spoken = When you have joined, touch this picture.
exit-scan = Scan the code
    to rate us
    .spoken = Scan this code with your phone to rate the office. Thank you.
exit-phone = Scan this
    with your phone
exit-whose = Which number
    was yours?
    .spoken = Which number was yours? Please touch it.
exit-number = Number { $number }
    .spoken = Number { $number }.
exit-not-here = Not here
    .spoken = If your number is not here, touch this picture.
exit-take = Ticket
    .spoken = To take a number, touch this picture.
exit-touch-or-scan = Scan, or touch a face
    .spoken = Please touch a face. With a phone, scan this code.
exit-touch-or-join = Join, or touch a face
    .spoken = Please touch a face. With a phone, scan this code first to join the network.
exit-skip = Skip
exit-unknown = I don't know
exit-unknown-short = Not sure
    .spoken = If you do not want to answer, touch this picture.
exit-thanks = Thank you!
    .spoken = Your answer was written down. Thank you, and goodbye.
exit-ask-officer = No phone?
    Tell an officer.

timeout-ask = Are you still there?
    .spoken = Are you still there? If so, touch the screen.
timeout-here = I am here

slip-office = { $name } – { $authority }
slip-date = { $weekday } { $date }, { $time }
slip-ahead = people before
slip-counter = counter
slip-missing = Still to bring:
slip-qr = Scan: your turn, your rating
slip-note = This slip does not replace the dossier receipt
slip-reprint = REPRINT – same number
slip-trial = TRIAL – not valid

web-keep-title = Keep this slip
web-keep-text = Please keep the slip and take a seat. An officer will call your number.
web-keep-note = This slip does not replace the dossier receipt.
web-unknown-title = This number was not found
web-unknown-text = Please show the slip to the officer at the counter.
web-over-title = This number's day is over
web-over-text = To go on, please take a new number at the machine.
web-early-title = Not yet
web-early-text = When you are done at the counter, please open this page again.
web-used-title = This number has been rated
web-used-text = Each number rates once. It was not you? Please tell an officer at the counter.
web-none-title = There is no survey now
web-none-text = Thank you for coming.
web-busy-title = Many people are rating just now
web-busy-text = Please wait a few minutes and try again. What you rated before is kept.
web-trouble-title = This page cannot be opened
web-trouble-text = The office's machine has a problem. Please try again in a few minutes.

# The board in the lobby
board-title = Calling board
board-waiting = waiting
board-counter = Counter { $number }
board-last = Called last
board-nobody = No number called yet
board-paused = paused
board-results = Results ready,
    please collect
board-results-some = { $shown } of { $all }
board-no-results = Finished results appear here
board-lost = No connection. These numbers are from { $time } – please listen at the counter.
board-sound = Tap to hear the calls

# My number, on the phone
number-called = Your turn, please come
number-serving = You are served at
number-ready = Your result is ready
number-ready-text = Please collect it at the counter, with this slip.
number-ahead = people
    before you
number-minutes = minutes,
    roughly
number-counter = counter that
    will call
number-now = Now
number-at = counter { $number }
number-soon = It is nearly your turn: please stay near.
number-tip = You may go out for a while. If you miss the call, your number goes to the end.
number-slowly = Take your time; if walking is hard, ask somebody to tell the counter.
number-away = When you have the paper, come straight back to the counter.
number-done = All done. Thank you.
number-cancelled = This number is no longer valid
number-cancelled-text = Please ask an officer, or take a new number.
number-asked = At { $time } – this page looks again in { $seconds } seconds
number-again = Look again now

# The survey on the phone; questions and answers are in config/survey.toml
survey-title = Your rating
survey-invite = All done.
    Please rate us.
survey-why = So that this office serves you better.
survey-until = You can rate until Sunday night.
survey-free = Please rate us. It is up to you.
survey-long = { $count } questions, about a minute.
    It is up to you.
survey-nobody = No names.
    Nobody knows whose rating is whose.
survey-begin = Rate us
survey-go-on = Go on
survey-anew = Another person rates
survey-slip = You still have the slip? Scan its code, and the rating is counted for what you came for.
survey-count = Question { $at }/{ $of }
survey-hear = Listen
survey-skip = Skip
survey-unknown = I don't know
survey-back = Back
survey-out = Back
survey-stop = Stop here
survey-quiet = No names.
    Officers cannot see it.
survey-away = Not sent yet. This phone keeps your answers and sends them by itself. Please go on.
survey-kept = Not sent yet
survey-kept-here = Your answers are still on this phone.
survey-kept-wait = Please keep this page. It sends them by itself and then says “Received”.
survey-kept-now = Send now
survey-kept-drop = Delete, do not send
survey-dropped = Deleted, nothing is left on this phone
survey-taken = Received.
    Thank you.
survey-apart = Your rating is separated from your number. Nobody knows whose it is.
survey-more = Would you like to say more?
survey-words = Say it in words
survey-some = { $count } more questions
survey-rest = All { $count } other questions
survey-close = Otherwise just close this page.

# Comments and petitions. Complaints and denunciations are told where to go.
say-link = Comment
say-anyway = Something to say anyway? No slip and no name is needed.
say-title = What would you like to say?
say-kind = This is
say-comment = A comment
say-comment-text = Praise, blame, wishes
say-petition = A petition
say-petition-text = Needs an answer in time
say-most = At most { $count } letters
say-left = { $count } left
say-about = About the officer who served me
say-about-text = That officer cannot open it
say-notice = It is up to you. Please write no names, phone or identity numbers. Only the office's head reads it.
say-send = Send
say-empty = Nothing is written yet. Please write in the field below.
say-long = It is { $over } letters too long. Please shorten it.
say-busy = Many people are sending. Please wait a few minutes and send again. Your words are still here.
say-away = Not sent yet. Your words are still here. Please send again when there is a connection.
say-where = Complaints, denunciations: where to go
say-where-why = Complaints and denunciations need a name and an address, so they are not taken here.
say-where-complaint = A complaint about a decision or an officer's act: write to, or go to, the citizens' reception of { $authority }.
say-where-denunciation = A denunciation of wrongdoing: also to the citizens' reception of { $authority }. By law the name is kept secret.
say-code = Code { $code }
say-your-code = Your code
say-code-how = Eight letters and digits, small or capital.
say-photo = Take a picture of this screen
say-photo-or = or write the code down.
say-due = The answer comes before { $day }.
say-no-due = The office's head will read it. If need be, the answer comes here.
say-later = To see the answer, open this page again, or press “See the answer” and type the code.
say-secret = Whoever has the code sees the answer. Please keep it to yourself.
say-see = See the answer
say-more = Another comment
say-state-new = Received, no answer yet
say-state-read = Read, no answer yet
say-state-answered = There is an answer
say-answer = Answer of { $day }
say-sent = { $kind }, sent on { $day }
say-no-code = This code was not found. Please check each letter.
say-look-busy = Too many tries. Please wait a few minutes.

call-number = Number { $number }, please go to counter { $counter }.
call-again = Once more: number { $number }, please go to counter { $counter }.
call-result = Number { $number }: your result is ready. Please collect it at counter { $counter }.
call-rate = { $number }: please rate us at the exit.

card-title = Please rate us
card-join = Wi-Fi first
card-rate = Scan to rate
