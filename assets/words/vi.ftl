# Lời của máy lấy số. Giá trị = chữ trên màn hình; .spoken = lời đọc khi khác chữ.
# { $you } / { $You } là cách xưng hô của cơ quan (office.toml, address_form).
# Câu ngắn, từ quen thuộc, mỗi màn hình một việc. Xuống dòng trong câu là xuống dòng trên màn hình.

language-name = Tiếng Việt
language-choose = Tiếng Việt
    .spoken = Tiếng Việt. Mời chạm vào hình này.
language-ask = Chọn tiếng nói

weekday-0 = thứ Hai
weekday-1 = thứ Ba
weekday-2 = thứ Tư
weekday-3 = thứ Năm
weekday-4 = thứ Sáu
weekday-5 = thứ Bảy
weekday-6 = Chủ nhật
Weekday-0 = Thứ Hai
Weekday-1 = Thứ Ba
Weekday-2 = Thứ Tư
Weekday-3 = Thứ Năm
Weekday-4 = Thứ Sáu
Weekday-5 = Thứ Bảy
Weekday-6 = Chủ nhật
weekday-short-0 = T2
weekday-short-1 = T3
weekday-short-2 = T4
weekday-short-3 = T5
weekday-short-4 = T6
weekday-short-5 = T7
weekday-short-6 = CN
month = Tháng { $month }
trial = THỬ

# Thanh phím dưới cùng
bar-listen = Nghe lại
bar-help = Cần giúp
bar-back = Quay lại

# To, nhỏ: hiện ra sau khi chạm "Nghe lại"
loudness-change = To, nhỏ
    .spoken = Muốn nghe to hơn hay nhỏ hơn thì chạm hình cái loa.
loudness-1 = Nhỏ
loudness-2 = Vừa
loudness-3 = To
# Ngồi xe lăn: mọi hình để chạm hạ xuống nửa dưới
bar-low = Xe lăn
low-offer = Xe lăn
    .spoken = Ngồi xe lăn thì chạm vào hình này, các hình sẽ hạ xuống thấp.
low-undo = Xe lăn
    .spoken = Muốn các hình cao lên như cũ thì chạm vào hình này.
low-on = Đã hạ thấp
    .spoken = Các hình đã hạ xuống thấp.
low-off = Đã như cũ
    .spoken = Các hình đã trở lại như cũ.

# Màn hình chờ
attract-start = Chạm vào đây
    để lấy số
attract-exit = Đã làm xong
attract-listen = Mời { $you } chạm vào màn hình để lấy số.
    .spoken = Mời { $you } chạm vào màn hình để lấy số. Máy không hỏi tên, không giữ giấy tờ.
attract-notice = Không hỏi tên,
    không giữ giấy tờ.
    .spoken = Mời { $you } chạm vào hình bàn tay để lấy số. Làm xong rồi thì chạm vào hình phía dưới.

# Chọn việc
service-ask = { $You } cần
    làm việc gì?
    .spoken = { $You } cần làm việc gì? Mời chạm vào một hình.
service-ask-group = { $You } cần
    việc nào?
    .spoken = { $You } cần việc nào? Mời chạm vào một hình.
service-ask-more = { $You } cần
    làm việc gì?
    .spoken = Còn những việc này. Mời chạm vào một hình.
service-more = Xem thêm
    .spoken = Xem thêm việc khác.

# Giấy tờ mang theo
bring-question = { $You } có mang { $document } không?
bring-ask-first = { $question }
    .spoken = { $tile }. { $question }
bring-ask = { $question }
bring-yes = Có
    .spoken = Có mang thì chạm dấu xanh.
bring-no = Chưa có
    .spoken = Chưa có thì chạm dấu đỏ. Chưa có vẫn lấy số được.
bring-anyway = Chưa có vẫn lấy số được

# Đông quá
crowded-ask = Hôm nay đông người.
    Có thể phải chờ lâu.
    .spoken = Hôm nay đông người, có thể không kịp trong ngày. { $You } vẫn lấy số, hay để hôm khác?
crowded-take = Vẫn lấy số
    .spoken = Vẫn lấy số thì chạm hình này.
crowded-later = Hôm khác
    .spoken = Để hôm khác thì chạm hình này.

# Xác nhận
confirm-ask = { $tile }, đúng không?
    .spoken = { $said }, đúng không? Đúng thì chạm dấu xanh.
confirm-ask-unsure = Cán bộ sẽ giúp. Lấy số nhé?
    .spoken = Cán bộ sẽ hỏi và giúp { $you }. Lấy số thì chạm dấu xanh.
confirm-priority = { $You } có được ưu tiên không?
confirm-yes = Đúng rồi
    .spoken = Đúng thì chạm dấu xanh.
confirm-no = Chọn lại
    .spoken = Muốn chọn lại thì chạm dấu đỏ.
priority-name = { $name }
    .spoken = { $name } thì chạm hình này.
priority-on = Ưu tiên: { $name }
    .spoken = Ưu tiên: { $name }.
priority-off = Không ưu tiên
    .spoken = Đã bỏ ưu tiên.
limit-same-day = Trong ngày
limit-next-day = Ngày làm việc sau
limit-later = Có giấy hẹn

# Số
ticket-yours = Số của { $you }
ticket-number = { $number }
    .spoken = Số của { $you } là: { $number }.
ticket-take = Lấy phiếu
    .spoken = Mời { $you } lấy phiếu, rồi ngồi chờ gọi số.
ticket-wait = Ngồi chờ
ticket-no-paper = Chưa có phiếu
    .spoken = Máy chưa in được phiếu. { $You } nhớ số này, cán bộ sẽ ghi số cho { $you }.
ticket-remember = Nhớ số, hoặc chụp ảnh
ticket-ahead = { $count } người
    trước { $you }
    .spoken = { $count ->
        [0] Không có ai trước { $you }.
       *[other] Trước { $you } có { $count } người.
    }
ticket-ahead-words = người
    trước { $you }

# Nghỉ
closed-not-service-day = Hôm nay máy
    chưa lấy số.
    .spoken = Hôm nay máy chưa lấy số.
closed-holiday = Hôm nay
    nghỉ lễ.
    .spoken = Hôm nay nghỉ lễ.
closed-cancelled = Hôm nay nghỉ.
    .spoken = Hôm nay bộ phận Một cửa nghỉ.
closed-before-hours = Chưa đến giờ.
    .spoken = Chưa đến giờ mở cửa.
closed-lunch = Đang nghỉ trưa.
    .spoken = Đang nghỉ trưa.
closed-after-hours = Đã hết giờ
    lấy số.
    .spoken = Hôm nay đã hết giờ lấy số.
closed-come = Mời đến { $weekday }.
    .spoken = Mời { $you } đến { $weekday }, ngày { $day }, từ { $time }. { $nights ->
        [1] Ngủ một đêm nữa là đến.
       *[other] Còn { $nights } đêm nữa.
    }
closed-today-again = Mời chờ đến { $time }.
    .spoken = Mời { $you } chờ đến { $time } hôm nay.
closed-today = Hôm nay: { $weekday }, { $day }
closed-nights = đêm nữa
closed-open-at = Mở cửa lúc

# Trục trặc
trouble-wait = Máy đang trục trặc.
    Cán bộ sẽ ra giúp.
    .spoken = Máy đang trục trặc. { $You } chờ một chút, cán bộ sẽ ra giúp.

# Cần giúp
help-called = Đã gọi cán bộ.
    { $You } chờ
    một chút nhé.
    .spoken = Đã gọi cán bộ. { $You } chờ một chút nhé.
help-coming = Cán bộ đang đến.
    { $You } chờ
    một chút nhé.
    .spoken = Cán bộ đang đến. { $You } chờ một chút nhé.
help-announce = Mời cán bộ ra giúp ở máy lấy số
    .spoken = Mời cán bộ ra giúp, ở máy lấy số.
help-go-on = Làm tiếp
    .spoken = Muốn làm tiếp thì chạm hình này.
help-cancel = Không cần nữa
    .spoken = Không cần giúp nữa thì chạm hình này.

# Cửa ra: phiếu chấm điểm
exit-join = Nối Wi-Fi trước
    .spoken = Dùng điện thoại quét mã này để vào mạng của cơ quan. Xong thì chạm dấu xanh.
exit-join-next = Đã nối
    .spoken = Đã nối rồi thì chạm hình này.
exit-scan = Quét mã
    để chấm điểm
    .spoken = Dùng điện thoại quét mã này để chấm điểm cho cơ quan. Cảm ơn { $you }.
exit-phone = Dùng điện thoại
    quét mã này
exit-ask-officer = Không có điện thoại?
    Nói với cán bộ.

exit-whose = Số của { $you }
    là số nào?
    .spoken = Số của { $you } là số nào? Mời chạm vào số đó.
exit-number = Số { $number }
    .spoken = Số { $number }.
exit-not-here = Không thấy
    .spoken = Không thấy số của mình thì chạm hình này.
exit-take = Lấy số
    .spoken = Muốn lấy số thì chạm hình này.
exit-touch-or-scan = Quét mã, hoặc chạm khuôn mặt
    .spoken = Mời chạm một khuôn mặt. Có điện thoại thì quét mã này.
exit-touch-or-join = Nối Wi-Fi, hoặc chạm khuôn mặt
    .spoken = Mời chạm một khuôn mặt. Có điện thoại thì quét mã này để vào mạng trước.
exit-skip = Bỏ qua
exit-unknown = Không biết
exit-unknown-short = Không rõ
    .spoken = Không muốn trả lời thì chạm hình này.
exit-thanks = Cảm ơn { $you }!
    .spoken = Đã ghi ý kiến. Cảm ơn và xin chào { $you }.

# Còn ở đây không
timeout-ask = { $You } còn ở đây không?
    .spoken = { $You } còn ở đây không? Còn thì chạm vào màn hình.
timeout-here = Tôi còn đây

# Phiếu
slip-office = { $name } – { $authority }
slip-date = { $weekday } { $date }, { $time }
slip-ahead = người trước
slip-counter = quầy
slip-missing = Còn thiếu, nhớ lấy thêm:
slip-qr = Quét: xem lượt, chấm điểm
slip-note = Phiếu này không thay giấy tiếp nhận hồ sơ
slip-reprint = BẢN IN LẠI – số giữ nguyên
slip-trial = PHIẾU THỬ – không có giá trị

# Trang cho điện thoại (kiosk web)
web-keep-title = Giữ phiếu này
web-keep-text = Mời { $you } giữ phiếu và ngồi chờ. Cán bộ sẽ gọi số của { $you }.
web-keep-note = Phiếu này không thay giấy tiếp nhận hồ sơ.
web-unknown-title = Không tìm thấy số này
web-unknown-text = Mời { $you } đưa phiếu cho cán bộ ở quầy xem giúp.
web-over-title = Số này đã hết ngày
web-over-text = Cần làm việc tiếp: mời { $you } lấy số mới ở máy lấy số.
web-early-title = Chưa đến lúc chấm điểm
web-early-text = Làm việc ở quầy xong, mời { $you } mở lại trang này.
web-used-title = Số này đã chấm điểm rồi
web-used-text = Mỗi số chỉ chấm một lần. Không phải { $you } chấm? Xin báo cán bộ ở quầy.
web-none-title = Hiện chưa có phiếu chấm điểm
web-none-text = Cảm ơn { $you } đã đến.
web-busy-title = Đang có nhiều người chấm điểm
web-busy-text = Xin chờ ít phút, rồi bấm lại. Điểm đã chấm trước đó vẫn được giữ.
web-trouble-title = Chưa mở được trang này
web-trouble-text = Máy của cơ quan đang trục trặc. Xin { $you } thử lại sau ít phút.

# Bảng gọi số ở phòng chờ
board-title = Bảng gọi số
board-waiting = đang chờ
board-counter = Quầy { $number }
board-last = Vừa gọi
board-nobody = Chưa gọi số nào
board-paused = tạm nghỉ
board-results = Có kết quả,
    mời đến nhận
board-results-some = { $shown } trong { $all } số
board-no-results = Kết quả xong sẽ hiện ở đây
board-lost = Mất kết nối. Số dưới đây là lúc { $time } – xin nghe gọi tại quầy.
board-sound = Chạm để nghe gọi số

# Số của tôi, trên điện thoại
number-called = Đến lượt rồi, mời vào
number-serving = Đang làm việc tại
number-ready = Đã có kết quả
number-ready-text = Mời { $you } đến quầy nhận kết quả. Mang theo phiếu này.
number-ahead = người
    phía trước
number-minutes = phút nữa,
    ước chừng
number-counter = quầy sẽ gọi
    số này
number-now = Đang gọi
number-at = quầy { $number }
number-soon = Sắp đến lượt rồi, { $you } đừng đi xa nhé.
number-tip = Ra ngoài một lát cũng được. Gọi mà vắng thì số xuống cuối hàng.
number-slowly = Đi lại khó khăn thì cứ từ từ, nhờ người báo quầy một tiếng.
number-away = Lấy giấy tờ xong, mời { $you } về thẳng quầy, không phải xếp hàng lại.
number-done = Đã làm xong. Cảm ơn { $you }.
number-cancelled = Số này không còn dùng
number-cancelled-text = Mời { $you } hỏi cán bộ ở quầy, hoặc lấy số mới.
number-asked = Lúc { $time } – trang tự xem lại sau { $seconds } giây
number-again = Xem lại ngay

# Chấm điểm, trên điện thoại. Câu hỏi và lời đáp ở config/survey.toml
survey-title = Chấm điểm
survey-invite = Đã làm xong.
    Mời { $you } chấm điểm.
survey-why = Để nơi này phục vụ { $you } tốt hơn.
survey-until = Chấm được đến hết Chủ nhật.
survey-free = Mời { $you } chấm điểm. Không bắt buộc.
survey-long = { $count } câu, chừng một phút.
    Không bắt buộc.
survey-nobody = Không ghi tên.
    Không ai biết phiếu nào của ai.
survey-begin = Chấm điểm
survey-go-on = Chấm tiếp
survey-anew = Người khác chấm
survey-slip = Còn giữ phiếu lấy số? Quét mã trên phiếu thì điểm được tính đúng việc { $you } đã làm.
survey-count = Câu { $at }/{ $of }
survey-hear = Nghe
survey-skip = Bỏ qua
survey-unknown = Không biết
survey-back = Câu trước
survey-out = Quay lại
survey-stop = Dừng ở đây
survey-quiet = Không ghi tên.
    Cán bộ không xem được.
survey-away = Chưa gửi được. Máy giữ câu trả lời, có mạng là tự gửi. Mời { $you } chấm tiếp.
survey-kept = Chưa gửi được
survey-kept-here = Câu trả lời vẫn còn trên máy này.
survey-kept-wait = Xin { $you } đừng đóng trang này. Có mạng là máy tự gửi và báo “Đã nhận”.
survey-kept-now = Gửi lại ngay
survey-kept-drop = Xóa, không gửi nữa
survey-dropped = Đã xóa, không còn gì trên máy này
survey-taken = Đã nhận.
    Cảm ơn { $you }.
survey-apart = Điểm đã tách khỏi số của { $you }. Không ai biết phiếu nào của ai.
survey-more = { $You } muốn nói thêm?
survey-words = Góp ý bằng lời
survey-some = Trả lời thêm { $count } câu
survey-rest = Trả lời hết { $count } câu còn lại
survey-close = Xong rồi thì đóng trang này.

# Góp ý; phản ánh, kiến nghị. Khiếu nại, tố cáo không nhận ở đây, chỉ nói rõ nơi nhận.
say-link = Góp ý
say-anyway = Vẫn muốn nói điều gì? Góp ý không cần phiếu, không cần ghi tên.
say-title = { $You } muốn nói điều gì?
say-kind = Đây là
say-comment = Góp ý
say-comment-text = Khen, chê, mong làm tốt hơn
say-petition = Phản ánh, kiến nghị
say-petition-text = Cần được trả lời đúng hạn
say-most = Nhiều nhất { $count } chữ cái
say-left = còn { $count }
say-about = Về cán bộ đã phục vụ tôi
say-about-text = Cán bộ đó không mở được lời này
say-notice = Không bắt buộc. Xin đừng ghi tên, số điện thoại, số căn cước của ai. Chỉ lãnh đạo bộ phận đọc lời này.
say-send = Gửi
say-empty = Chưa có chữ nào. Mời { $you } viết vào ô bên dưới.
say-long = Dài quá { $over } chữ cái. Mời { $you } viết ngắn lại.
say-busy = Đang có nhiều người gửi. Xin chờ ít phút, rồi bấm Gửi lần nữa. Chữ vẫn còn đây.
say-away = Chưa gửi được. Chữ vẫn còn đây. Có mạng thì bấm Gửi lần nữa.
say-where = Khiếu nại, tố cáo: nơi nhận
say-where-why = Khiếu nại, tố cáo phải có tên và địa chỉ người gửi, nên không nhận ở trang này.
say-where-complaint = Khiếu nại về một quyết định, một việc làm của cán bộ: gửi đơn hoặc đến trình bày ở nơi tiếp công dân của { $authority }.
say-where-denunciation = Tố cáo việc làm sai trái: cũng đến nơi tiếp công dân của { $authority }. Tên người tố cáo được giữ kín theo luật.
say-code = Mã { $code }
say-your-code = Mã của { $you }
say-code-how = Tám chữ và số. Chữ hoa hay chữ thường đều được.
say-photo = Chụp lại màn hình này
say-photo-or = hoặc ghi mã ra giấy.
say-due = Có trả lời trước ngày { $day }.
say-no-due = Lãnh đạo bộ phận sẽ đọc. Cần thì trả lời ở đây.
say-later = Xem trả lời: mở lại trang này, hoặc bấm “Xem trả lời” rồi gõ mã.
say-secret = Ai có mã thì xem được trả lời. Xin giữ mã cho riêng mình.
say-see = Xem trả lời
say-more = Góp ý thêm
say-state-new = Đã nhận, chưa có trả lời
say-state-read = Đã đọc, chưa có trả lời
say-state-answered = Đã có trả lời
say-answer = Trả lời ngày { $day }
say-sent = { $kind }, gửi ngày { $day }
say-no-code = Không tìm thấy mã này. Mời { $you } xem lại từng chữ.
say-look-busy = Thử nhiều lần quá rồi. Xin chờ ít phút.

# Loa gọi số ở sảnh
call-number = Mời số { $number } đến quầy số { $counter }.
    .spoken = Mời số { $number }, đến quầy số { $counter }.
call-again = Xin nhắc lại: mời số { $number } đến quầy số { $counter }.
    .spoken = Xin nhắc lại: mời số { $number }, đến quầy số { $counter }.
call-result = Số { $number } đã có kết quả. Mời { $you } đến quầy số { $counter } nhận kết quả.
    .spoken = Số { $number }, đã có kết quả. Mời { $you } đến quầy số { $counter }, nhận kết quả.
call-rate = { $number }: mời { $you } chấm điểm ở cửa ra.

# Thẻ để trên quầy (kiosk card)
card-title = Mời { $you } chấm điểm
card-join = Nối Wi-Fi trước
card-rate = Quét mã để chấm điểm
